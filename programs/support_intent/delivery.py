import re

LABELS = {
    "delivery": [
        "Delivery",
        "shipping",
        "shipment",
        "delivery status",
        "order status",
        "track order",
        "where is my order",
        "logistics",
        "livraison",
        "Lieferung",
        "Versand",
        "entrega",
        "envío",
        "物流",
        "发货",
        "配送",
    ]
}
FIELD = "text"

DELIVERY = re.compile(
    r"\b(?:where(?:'s| is| are) my (?:\w+ )?(?:order|package|parcel|delivery|item|shipment)s?"
    r"|track(?:ing)? (?:number|my|code|info|link)"
    r"|(?:order|package|parcel|item|delivery|shipment)(?: \w+){0,3} (?:not|hasn't|has not|hasn't been|never"
    r"|still not|late|delayed|lost)"
    r"(?: \w+){0,2} ?(?:arrived?|delivered|shipped|received|come)?"
    r"|(?:haven't|have not|never|not yet|still not|didn't) (?:\w+ )?received? (?:my|the|our|any)(?: \w+)? (?:order"
    r"|package|parcel|item)"
    r"|when (?:will|does|is) (?:my|the|it)(?: \w+){0,2} (?:arrive|ship|be delivered|be shipped|delivery|come)"
    r"|(?:où est|pas (?:encore )?reçu) (?:mon|ma|notre|le) (?:colis|commande|paquet)"
    r"|suivi (?:de|du) (?:colis|commande)"
    r"|wo (?:ist|bleibt) (?:mein|meine|das|die) (?:\w+ )?(?:paket|bestellung|lieferung)|sendungsnummer"
    r"|(?:paket|bestellung|lieferung)"
    r"(?: \w+){0,3} nicht (?:angekommen|da|erhalten|geliefert)"
    r"|dónde está mi (?:pedido|paquete)"
    r"|no (?:ha llegado|me ha llegado|he recibido)(?: \w+){0,3} (?:pedido|paquete)?|número de seguimiento)\b"
    r"|(?:快递|包裹|物流|订单)(?:.{0,8})(?:没到|到哪|还没|丢|慢)|什么时候(?:发货|到货|能到)"
    r"|(?:没|未)收到(?:货|包裹|快递)|单号"
)


def label(task: dict) -> str | None:
    """A customer asks where an order is or when it comes, or says that it has not arrived; tracking numbers.
    English, French, German, Spanish and Chinese."""
    return "delivery" if DELIVERY.search(plain(task)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
