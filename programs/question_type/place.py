import re

LABELS = {"location": ["Location", "loc", "place", "where", "city or country", "lieu", "Ort", "lugar", "地点", "位置"]}
FIELD = "text"

PLACE = re.compile(
    r"^(?:and |so |but |from |in |to )?where(?:'s)?\b"
    r"|\b(?:what|which|name (?:the|a|an|one|two))(?: (?:is|was|are|were))?(?: the| an?)?(?: \w+){0,2} (?:city"
    r"|cities|country"
    r"|countries|state|states|capital|continent|island|river|lake|mountain|ocean|sea|desert|town|province|planet"
    r"|county|street|airport|building|museum)\b"
    r"|^(?:où|d'où|wo|woher|wohin|dónde|de dónde|a dónde)\b|哪里|哪儿|在哪|什么地方"
    r"|哪个(?:国家|城市|省)"
)
OTHER = re.compile(r"^(?:who|how|when|why)\b|\b(?:state|city|national) (?:bird|flower|motto|tree|song|anthem|dish)\b")


def label(task: dict) -> str | None:
    """A question whose answer is a place: it opens with "where" (où, wo, dónde, 哪里) or asks which city, country,
    river, mountain and so on. The state's bird or motto is no place."""
    text = plain(task)
    return "location" if PLACE.search(text) and not OTHER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
