import re

LABELS = {
    "dutch": [
        "Dutch",
        "nl",
        "nld",
        "dut",
        "néerlandais",
        "Niederländisch",
        "neerlandés",
        "holandés",
        "Nederlands",
        "荷兰语",
    ]
}
FIELD = "text"

OWN = re.compile(
    r"\b(?:de|het|een|en|van|is|niet|ik|dat|op|te|zijn|voor|met|je|we|maar|naar|ook|er|wat|waar|bij|om|deze|heb"
    r"|heeft|wordt|aan|dit|geen)\b"
)
OTHERS = re.compile(r"\b(?:der|die|das|und|ist|the|and|of|le|les|et|el|que|y|la)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of Dutch and those of its neighbours. It is Dutch when at least two different ones are
    found, they make up a sixth of all words, and they outnumber the neighbours' three to one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "dutch" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
