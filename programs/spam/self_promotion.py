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

MINE = (
    r"(?:my|our|mine)(?: own| new| latest| first| youtube| music| rap)*"
    r" (?:channels?|videos?|vids?|covers?|page|profile|website|site|blog|music|songs?|remix|mixtape|store|shop)"
)
ENGLISH = (
    r"\b(?:check(?:ing)? (?:out |it )?|visit |watch |see |subscribe (?:to|2) |sub to |like |view |look (?:at|up) "
    r"|listen to |support |share |please |go to |views on )" + MINE
)
OTHERS = (
    r"\bsub(?:scribe)? ?(?:4|for|to) ?(?:a )?(?:sub|me|my channel)\b|\bfollow (?:me|us|my)\b|\badd me on\b"
    r"|\b(?:subscribe|sub) back\b"
    r"|\bi(?:'m| am) (?:a|an) (?:new |small |young |upcoming |aspiring )*(?:rapper|youtuber|artist)\b"
    r"|\b(?:ma|notre) (?:chaîne|page)\b|\babonnez[- ]vous\b|\bsuivez[- ]moi\b"
    r"|\b(?:meinen?|unseren?) (?:kanal|seite)\b|\babonniert (?:mich|meinen)\b|\bfolgt mir\b"
    r"|\b(?:mi|nuestro) canal\b|\bsuscr[ií]bete a\b|\bs[ií]gue(?:me|nme)\b|关注我|订阅我|我的(?:频道|主页|店)"
)
PROMOTED = re.compile(ENGLISH + "|" + OTHERS)


def label(task: dict) -> str | None:
    """A writer who sends the readers to a channel, video, page, profile or shop of his own, or begs for subscribers
    and followers, is a spammer. English, French, German, Spanish and Chinese."""
    return "spam" if PROMOTED.search(plain(task)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
