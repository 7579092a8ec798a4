import re

LABELS = {"spanish": ["Spanish", "es", "spa", "espagnol", "Spanisch", "español", "castellano", "西班牙语"]}
FIELD = "text"

OWN = re.compile(
    r"\b(?:el|los|las|una|que|y|es|en|con|para|por|no|del|al|está|son|pero|como|más|muy|mi|su|yo|nosotros|dónde"
    r"|qué|cuando|también|hay|porque|lo|fue)\b"
)
OTHERS = re.compile(r"\b(?:não|uma|com|em|os|do|da|você|il|che|di|gli|le|les|et|the|and)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of Spanish and those of its neighbours. It is Spanish when at least two different ones
    are found, they make up a sixth of all words, and they outnumber the neighbours' three to one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "spanish" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
