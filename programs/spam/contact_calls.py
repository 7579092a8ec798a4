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

SHORT_CODE = re.compile(
    r"\b(?:text|txt|sms|send|reply|envoyez|répondez|sende[n]?|envíe|envia|envía)\b[^.!?]{0,40}"
    r"\b(?:to|2|au|an(?: die)?|al) ?\d{4,6}\b"
    r"|\b(?:reply|txt|text|send) (?:stop|yes|end|win|claim|help)\b|\bstop (?:to|au|an|al) \d{4,6}\b"
)
NUMBER = re.compile(
    r"\b(?:call|ring|phone|dial|contact|whats ?app|appelez|contactez|rufen sie|anrufen|llame|llama)(?! me\b"
    r"| us back| number)"
    r"[^.!?]{0,40}?(?:\+|\b)\d[\d ()/-]{6,}\d"
)
COST = re.compile(r"\b(?:\d+ ?p|£\d[\d.]*|\d+ ?ppm) ?(?:per|a|/) ?(?:min|minute|msg|text|sms)\b|\b(?:t&c|ts&cs)\b")
CHINESE = re.compile(r"(?:加|联系|添加).{0,6}(?:微信|qq|v信|电话|客服)|(?:微信|qq|vx)(?:号)?[：: ]*[a-z\d_]{5,}")


def label(task: dict) -> str | None:
    """A call to ring or write to a telephone number or a four to six digit short code, the price of such a call, or
    (in Chinese) to add an account on WeChat or QQ, is spam. "Call me" with a number is left to others."""
    text = plain(task)
    return "spam" if any(x.search(text) for x in (SHORT_CODE, NUMBER, COST, CHINESE)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
