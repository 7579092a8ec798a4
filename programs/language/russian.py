import re

LABELS = {"russian": ["Russian", "ru", "rus", "russe", "Russisch", "ruso", "русский", "俄语", "俄文"]}
FIELD = "text"

OWN = re.compile(r"[а-яё]")
OTHERS = re.compile(r"[іїєґўјљњћђџѓќѕ]|\b(?:съм|това|във|със|беше|няма)\b")
LETTER = re.compile(r"[^\W\d_]")


def label(task: dict) -> str | None:
    """Cyrillic letters, without those that only Ukrainian, Belarusian, Serbian or Macedonian have and without
    common Bulgarian words: Russian when at least two of them make up a third of the letters of the text."""
    text = plain(task)
    own, letters = len(OWN.findall(text)), len(LETTER.findall(text))
    return "russian" if own >= 2 and own * 3 >= letters and not OTHERS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
