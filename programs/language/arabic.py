import re

LABELS = {"arabic": ["Arabic", "ar", "ara", "arabe", "Arabisch", "árabe", "العربية", "عربي", "阿拉伯语"]}
FIELD = "text"

OWN = re.compile(r"[\u0620-\u064a]")
OTHERS = re.compile(r"[پچژگکیٹڈڑںہے]")
LETTER = re.compile(r"[^\W\d_]")


def label(task: dict) -> str | None:
    """Arabic letters, without those that only Persian and Urdu have: Arabic when at least two of them make up a
    third of the letters of the text."""
    text = plain(task)
    own, letters = len(OWN.findall(text)), len(LETTER.findall(text))
    return "arabic" if own >= 2 and own * 3 >= letters and not OTHERS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
