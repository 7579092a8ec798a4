import re

LABELS = {
    "billing": [
        "Billing",
        "invoice",
        "payment",
        "payments",
        "charge",
        "billing issue",
        "billing question",
        "billing inquiry",
        "payment issue",
        "facturation",
        "facture",
        "paiement",
        "Rechnung",
        "Abrechnung",
        "Zahlung",
        "factura",
        "facturación",
        "pago",
        "账单",
        "发票",
        "付款",
        "支付",
    ]
}
FIELD = "text"

BILLING = re.compile(
    r"\b(?:(?:charged|billed|debited) (?:me |us |my card )?(?:twice|again|double|too much|wrong\w*|incorrect\w*"
    r"|for|extra)|overcharged"
    r"|double[- ](?:charged?|billed|billing)"
    r"|(?:my|the|this|an|your|last|latest|monthly|wrong) (?:invoice|bill|billing|receipt|charges?)\b"
    r"|payment (?:was |is |has |has been |method )?(?:failed|declined|rejected|not|pending|method|didn't|error)"
    r"|card (?:was |is |got |has been )?(?:declined|rejected|charged)|(?:update|change) my (?:card|payment|billing)"
    r"|(?:ma|la|votre|une) facture|débité(?:e)? (?:deux fois|à tort)|paiement (?:refusé|échoué)|prélèvement"
    r"|(?:meine|die|ihre|eine|falsche) rechnung|(?:doppelt|zu viel|falsch) (?:abgebucht|berechnet|bezahlt)|abbuchung"
    r"|(?:mi|la|una) factura|cobr(?:ado|aron) (?:dos veces|de más|doble)|(?:cargo|cobro) (?:duplicado|incorrecto)"
    r"|pago rechazado)\b"
    r"|(?:账单|发票)|(?:重复|多)(?:扣|收)(?:款|费|钱)|(?:支付|付款)(?:失败|不了)|扣(?:了)?两次"
)
OTHER = re.compile(
    r"\bfoot the bill\b|\bfit the bill\b|\bin charge\b|\bthe bill (?:passed|was (?:passed|signed)|becomes)\b"
    r"|\bcharged for murder\b"
)


def label(task: dict) -> str | None:
    """Invoices, charges and payments: charged twice, a wrong invoice, a declined card, a failed payment. English,
    French, German, Spanish and Chinese."""
    text = plain(task)
    return "billing" if BILLING.search(text) and not OTHER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
