import re

LABELS = {
    "positive": ["Positive", "pos", "good", "favorable", "positif", "positiv", "positivo", "正面", "积极", "好评"],
    "negative": ["Negative", "neg", "bad", "unfavorable", "négatif", "negativ", "negativo", "负面", "消极", "差评"],
}
FIELD = "text"

OUT_OF = re.compile(
    r"\b(\d{1,3}(?:[.,]\d)?) ?(?:/|out of|sur|von|de) ?(5|10|20|100)\b(?! ?(?:people|of|persons|years|days|/|%|\d))"
)
STARS = re.compile(
    r"\b(\d(?:[.,]\d)?|one|two|three|four|five)[ -]?(?:stars?|étoiles?|sterne?|estrellas?)\b(?! hotel| general"
    r"| resort)"
    r"|([1-5])[颗个]?星"
)
DRAWN = re.compile(r"([★⭐]+)(☆*)")
NUMBERS = ("none", "one", "two", "three", "four", "five")


def label(task: dict) -> str | None:
    """A mark that the text itself gives: "4/5", "8 out of 10", "two stars", "★★★★☆". From 70 percent of the scale
    it is positive, up to 40 percent negative; marks between, impossible ones, and marks that contradict say
    nothing."""
    shares = [share for share in marks(plain(task)) if share <= 1]
    if shares and min(shares) >= 0.7:
        return "positive"
    return "negative" if shares and max(shares) <= 0.4 else None


def marks(text: str) -> list[float]:
    found = [number(x.group(1)) / int(x.group(2)) for x in OUT_OF.finditer(text)]
    found += [number(x.group(1) or x.group(2)) / 5 for x in STARS.finditer(text)]
    drawn = [(len(x.group(1)), len(x.group(2))) for x in DRAWN.finditer(text)]
    return found + [full / (full + empty) for full, empty in drawn if empty or full == 5]


def number(written: str) -> float:
    return NUMBERS.index(written) if written in NUMBERS else float(written.replace(",", "."))


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
