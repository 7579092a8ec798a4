import re

LABELS = {
    "spam": [
        "Spam",
        "junk",
        "unsolicited",
        "advertising",
        "advertisement",
        "scam",
        "pourriel",
        "indésirable",
        "Werbung",
        "unerwünscht",
        "correo basura",
        "no deseado",
        "垃圾",
        "垃圾邮件",
        "垃圾短信",
        "垃圾评论",
        "广告",
    ]
}
FIELD = "text"

ADDRESS = re.compile(
    r"https?[:;]//|\bwww\s?\.|<a href"
    r"|\b[\w-]{2,}\.(?:com|net|org|info|biz|ru|cn|co\.uk|tk|xyz|top|club|shop|site|online|vip)\b"
)
SHORTENED = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|adf\.ly|cutt\.ly|rebrand\.ly|t\.me|wa\.me)/"
    r"|\b[\w-]{2,}\.(?:tk|xyz|top|club|vip|win|icu|buzz)\b"
)
SHORT = 40


def label(task: dict) -> str | None:
    """A message of at most 40 words with a web address in it, or one of any length with an address that hides where
    it leads (a link shortener) or that costs next to nothing (.xyz, .top, .tk), is spam."""
    text = plain(task)
    if SHORTENED.search(text):
        return "spam"
    return "spam" if ADDRESS.search(text) and len(text.split()) <= SHORT else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
