import re

LABELS = {"french": ["French", "fr", "fra", "français", "Französisch", "francés", "法语", "法文"]}
FIELD = "text"

OWN = re.compile(
    r"\b(?:le|les|des|est|et|une|dans|pour|que|qui|pas|avec|sur|vous|nous|je|ce|cette|mais|où|au|aux|du|sont|être"
    r"|très|ne|il|elle|c'est|j'ai|votre|mon|comme)\b"
)
OTHERS = re.compile(r"\b(?:the|and|of|el|los|und|der|het|een|il|che|gli|não|y|con)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of French and those of its neighbours. It is French when at least two different ones
    are found, they make up a sixth of all words, and they outnumber the neighbours' three to one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "french" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
