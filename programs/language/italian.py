import re

LABELS = {"italian": ["Italian", "it", "ita", "italien", "Italienisch", "italiano", "意大利语"]}
FIELD = "text"

OWN = re.compile(
    r"\b(?:il|lo|gli|che|di|è|e|un|una|per|non|con|sono|della|del|nel|alla|dei|delle|ma|come|anche|più|questo"
    r"|questa|ho|mi|dove|perché|io|noi)\b"
)
OTHERS = re.compile(r"\b(?:el|los|las|y|que|não|com|os|le|les|et|the|and|está)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of Italian and those of its neighbours. It is Italian when at least two different ones
    are found, they make up a sixth of all words, and they outnumber the neighbours' three to one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "italian" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
