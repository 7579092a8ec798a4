import re

LABELS = {"korean": ["Korean", "ko", "kr", "kor", "coréen", "Koreanisch", "coreano", "韩语", "韩文", "한국어"]}
FIELD = "text"

OWN = re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")
LETTER = re.compile(r"[^\W\d_]")


def label(task: dict) -> str | None:
    """Korean hangul: Korean when at least two of them make up a third of the letters of the text."""
    text = plain(task)
    own, letters = len(OWN.findall(text)), len(LETTER.findall(text))
    return "korean" if own >= 2 and own * 3 >= letters else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
