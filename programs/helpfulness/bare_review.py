import re

LABELS = {
    "not helpful": [
        "Not helpful",
        "unhelpful",
        "useless",
        "not useful",
        "low quality",
        "uninformative",
        "inutile",
        "pas utile",
        "nicht hilfreich",
        "nutzlos",
        "inútil",
        "no útil",
        "无用",
        "没有帮助",
    ]
}
FIELD = "text"

WORD = re.compile(r"\w+")
INFORMS = re.compile(
    r"\d|[?？]|\b(?:because|but|however|since|after|size|battery|screen|quality|price|broke|broken|works? with"
    r"|doesn't|not|if|when"
    r"|parce|mais|taille|qualité|prix|weil|aber|grösse|qualität|preis|porque|pero|talla|calidad|precio)\b|因为|但"
    r"|质量|价格|尺寸|不"
)
FEW = 4


def label(task: dict) -> str | None:
    """A review of one to four words (at most twelve Chinese characters) that names no reason, part, measure or
    number: "Great product", "love it", "ok"."""
    text = plain(task)
    words = WORD.findall(text)
    if not words or INFORMS.search(text) or any(len(word) > 12 and not word.isascii() for word in words):
        return None
    return "not helpful" if len(words) <= FEW else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
