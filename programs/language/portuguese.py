import re

LABELS = {"portuguese": ["Portuguese", "pt", "por", "portugais", "Portugiesisch", "português", "portugués", "葡萄牙语"]}
FIELD = "text"

OWN = re.compile(
    r"\b(?:o|os|as|um|uma|que|e|é|não|em|com|para|por|do|da|dos|das|no|na|mas|como|mais|muito|você|eu|está|são|ao"
    r"|também|meu)\b"
)
OTHERS = re.compile(r"\b(?:el|los|las|y|del|con|il|che|di|gli|le|les|et|the|and|en|pero)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of Portuguese and those of its neighbours. It is Portuguese when at least two
    different ones are found, they make up a sixth of all words, and they outnumber the neighbours' three to
    one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "portuguese" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
