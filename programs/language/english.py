import re

LABELS = {"english": ["English", "en", "eng", "anglais", "Englisch", "inglés", "英语", "英文"]}
FIELD = "text"

OWN = re.compile(
    r"\b(?:the|and|is|are|was|of|to|that|with|for|you|this|have|has|not|it|from|what|where|when|my|how|i|we|they"
    r"|will|would|can|there|an|by|be|please)\b"
)
OTHERS = re.compile(r"\b(?:le|la|les|der|das|und|ist|el|los|que|een|het|il|che|não|com|uma|est|y|en|de)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of English and those of its neighbours. It is English when at least two different ones
    are found, they make up a sixth of all words, and they outnumber the neighbours' three to one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "english" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
