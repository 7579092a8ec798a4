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

RUNS = re.compile(r"[!?！？]{3,}|[$£€*~#=_>►➤★☆✅🔥💰👉⬇]{3,}|[►➤✅💰👉]")
PITCH = re.compile(
    r"[$£€]\s?\d|\d ?%|\b(?:free|now|check|visit|subscribe|win|click|gratuit|gratis|jetzt|ahora)\b|免费", re.I
)


def label(task: dict) -> str | None:
    """Spam wants to be seen. Three signs are counted: letters that are mostly capitals (of at least 12), runs of
    exclamation marks or decorations, and a word, price or percentage that sells something. The last one and
    another make it spam: people who only shout their joy are left alone."""
    text = task.get(FIELD)
    if not isinstance(text, str):
        return None
    text = text[:10_000]
    shouts = mostly_capitals(text) or RUNS.search(text)
    return "spam" if shouts and PITCH.search(text) else None


def mostly_capitals(text: str) -> bool:
    capitals = sum(1 for x in text if x.isupper())
    small = sum(1 for x in text if x.islower())
    return capitals + small >= 12 and capitals > 2 * small
