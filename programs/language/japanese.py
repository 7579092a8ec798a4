import re

LABELS = {"japanese": ["Japanese", "ja", "jp", "jpn", "japonais", "Japanisch", "japonés", "日语", "日文", "日本語"]}
FIELD = "text"

OWN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
REQUIRED = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
LETTER = re.compile(r"[^\W\d_]")


def label(task: dict) -> str | None:
    """Japanese kana and the Chinese characters beside them; there must be kana: Japanese when at least two of them
    make up a third of the letters of the text."""
    text = plain(task)
    own, letters = len(OWN.findall(text)), len(LETTER.findall(text))
    return "japanese" if own >= 2 and own * 3 >= letters and REQUIRED.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
