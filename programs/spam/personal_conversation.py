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

PERSONAL = re.compile(
    r"\b(?:(?:i'll|i will|i can|we can|shall we|let's) (?:be|come|go|see|meet|pick|bring|get|leave|wait|eat|talk)"
    r"|see (?:you|u|ya)|(?:miss|love) (?:you|u)|how (?:are|r|was) (?:you|u|your|ur)|on my way|omw"
    r"|(?:are|r|can|will|did|do) (?:you|u) (?:coming|come|home|there|still|at|ok|okay|pick|get|want|think|remember)"
    r"|(?:where|when|what) (?:are|r|did|time) (?:you|u|do|is|are)|(?:sorry|thanks),? (?:i|for|mum|mom|dad|babe|mate)"
    r"|my (?:mum|mom|dad|sister|brother|wife|husband|boss|boyfriend|girlfriend|parents)|happy birthday|good ?night"
    r"|à (?:demain|ce soir|tantôt)|tu (?:viens|fais|es où)|bisous|je (?:suis en route|t'aime|t'appelle)"
    r"|bis (?:später|morgen|dann)|kommst du|ich (?:komme|bin gleich|hab dich)|wie geht'?s"
    r"|nos vemos|hasta (?:luego|mañana)|te (?:quiero|llamo|veo)|dónde estás|cómo estás|lol|ha(?:ha)+)\b"
    r"|你(?:在哪|吃了|到了|来吗)|晚安|明天见|我(?:到了|马上)|生日快乐"
)
SELLS = re.compile(
    r"https?:|\bwww\.|[$£€]\s?\d|\d{5,}|\b(?:free|win|won|prizes?|offers?|claim|subscribe|click|txt|guaranteed|urgent"
    r"|channel|credit|loan|gratuit|gratis|oferta|angebot)\b|免费|优惠|中奖"
)


def label(task: dict) -> str | None:
    """Talk between people who know each other is no spam: meeting, being on the way, family, asking how someone is,
    good night. Nothing is said when the text also has a link, a price, a long number or a word that sells."""
    text = plain(task)
    return "ham" if PERSONAL.search(text) and not SELLS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
