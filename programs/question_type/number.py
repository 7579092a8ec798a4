import re

LABELS = {
    "number": [
        "Number",
        "num",
        "numeric",
        "numeric value",
        "quantity",
        "count",
        "amount",
        "nombre",
        "Zahl",
        "Anzahl",
        "número",
        "cantidad",
        "数字",
        "数量",
    ]
}
FIELD = "text"

NUMBER = re.compile(
    r"\bhow (?:many|much|old|far|long|tall|high|deep|fast|big|large|often|heavy|hot|cold|wide)\b|^when(?:'s)?\b"
    r"|\b(?:what|which|in what|in which|on what)(?: (?:is|was|are|were))?(?: the)?(?: \w+){0,2} (?:year|date|day"
    r"|month|century"
    r"|number|population|percentage|speed|temperature|distance|height|length|weight|age|price|cost|rate|average"
    r"|odds|size"
    r"|zip code|phone number|birthday|salary|time)\b"
    r"|^(?:combien|quand|quel âge|quelle année|wie ?(?:viele?|alt|lange|gross|hoch|weit|oft)|wann|cuánt[oa]s?"
    r"|cuándo)\b"
    r"|多少|几个|几点|多(?:大|长|高|远|久)|什么时候|哪一?年"
)
OTHER = re.compile(
    r"^(?:who|where|why)\b|\bhow (?:much does|long) .{0,20}\bstand for\b|\btime zone\b|\bwhat (?:kind|type)\b"
)


def label(task: dict) -> str | None:
    """A question whose answer is a number or a date: how many, how old, when, which year, what is the population
    (combien, wie viele, cuánto, 多少)."""
    text = plain(task)
    return "number" if NUMBER.search(text) and not OTHER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
