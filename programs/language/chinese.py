import re

LABELS = {
    "chinese": [
        "Chinese",
        "zh",
        "zho",
        "chi",
        "cn",
        "mandarin",
        "chinois",
        "Chinesisch",
        "chino",
        "中文",
        "汉语",
        "普通话",
        "简体中文",
    ]
}
FIELD = "text"

OWN = re.compile(r"[\u4e00-\u9fff]")
OTHERS = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]")
LETTER = re.compile(r"[^\W\d_]")


def label(task: dict) -> str | None:
    """Chinese characters, without any Japanese kana or Korean hangul: Chinese when at least two of them make up a
    third of the letters of the text."""
    text = plain(task)
    own, letters = len(OWN.findall(text)), len(LETTER.findall(text))
    return "chinese" if own >= 2 and own * 3 >= letters and not OTHERS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
