import re

LABELS = {
    "spam": ["Spam", "junk", "scam", "pourriel", "Werbung", "垃圾", "垃圾邮件", "垃圾短信", "广告"],
    "ham": [
        "Ham",
        "not spam",
        "no spam",
        "non spam",
        "notspam",
        "nospam",
        "legit",
        "legitimate",
        "genuine",
        "clean",
        "normal",
        "légitime",
        "kein Spam",
        "erwünscht",
        "no es spam",
        "legítimo",
        "正常",
        "非垃圾",
        "非垃圾邮件",
    ],
}
FIELD = "text"

OPINION = re.compile(
    r"\b(?:i|we) (?:just |really |still |also |so |always )*(?:love|like|hate|enjoyed?|miss|remember|prefer|adore)"
    r" (?:this|that|these|the|her|his|their|how|it|when|him|them)\b"
    r"|\b(?:best|worst|greatest|favou?rite|catchiest|funniest|beautiful|amazing|awesome|great|terrible|boring|funny) "
    r"(?:song|video|movie|film|episode|voice|book|track|singer|scene|article|post|recipe|show|album|lyrics|part)\b"
    r"|\b(?:this|the|that|her|his) (?:song|video|movie|film|episode|voice|book|beat|scene|ending|article|lyrics) "
    r"(?:is|was|makes?|made|gives|never|still|brings)\b"
    r"|\bwho(?:'s| is|s)? (?:else )?(?:still )?(?:here|listening|watching)\b|\bmy childhood\b"
    r"|\bj'(?:adore|aime) (?:cette|ce|cet|la|sa)\b|\bcette (?:chanson|vidéo) est\b"
    r"|\bich (?:liebe|mag|hasse) (?:dieses|diesen|diese|das)\b|\bdieses (?:lied|video) ist\b"
    r"|\bme (?:encanta|gusta) (?:esta|este|su|la|el)\b|\besta (?:canción|película) es\b"
    r"|这(?:首歌|个视频|部电影|本书|篇文章)|(?:真|很|太)好听"
)
SELLS = re.compile(
    r"https?:|\bwww\.|[$£€]\s?\d|\b(?:check|subscribe|sub|click|visit|follow|free|channel|website|offers?|discount)\b"
    r"|\b(?:my|our) (?:new |own )?(?:video|song|cover|music|page|remix|blog|album)\b"
    r"|\babonnez|\babonnier|\bsuscr[ií]b|关注我|订阅"
)


def label(task: dict) -> str | None:
    """An opinion on what is being commented (this song, her voice, best film ever, who is still watching) is no
    spam, unless the text also sends the reader somewhere or sells something."""
    text = plain(task)
    return "ham" if OPINION.search(text) and not SELLS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
