import re

LABELS = {
    "obscene": [
        "Obscene",
        "profanity",
        "profane",
        "vulgar",
        "swearing",
        "toxic",
        "offensive",
        "vulgaire",
        "obscène",
        "toxique",
        "vulgär",
        "obszön",
        "toxisch",
        "obsceno",
        "tóxico",
        "脏话",
        "粗俗",
        "有毒",
    ]
}
FIELD = "text"

SWEARING = re.compile(
    r"\b(?:f+u+c+k+(?:s|ed|er|ers|ing|in|wit|head)?|f[*@#$!%._-]+(?:c?k)(?:ing|ed|er)?|fck(?:ing)?|motherf\w+|wtf"
    r"|sh[i1!*]t+(?:s|ty|head|hole)?|bull?sh[i1*]t|a[s$*]{2}hole|arsehole|b[i!*]tch(?:es|y)?|bastards?|c[u*]nts?"
    r"|dickheads?"
    r"|pr[i*]cks?|wank(?:er|ers|ing)?|twats?|slut|whore|bollocks|putain|merde|bordel|enculés?|connards?|salopes?|pute"
    r"|schei(?:ss|ß)e?|beschissen|verfickt|arschl(?:och|öcher)|fotze|wichser|hurensohn|mierda|joder|coño|puta|puto"
    r"|cabr[oó]n(?:es)?|pendej[oa]s?|gilipollas|hostia puta)\b|傻逼|操你|他妈|妈的|卧槽|草泥马|婊子|狗屎|屌"
)


def label(task: dict) -> str | None:
    """Swear words as whole words, also with letters repeated or hidden behind signs ("f**k", "sh1t"), in English,
    French, German, Spanish and Chinese. Words that merely contain one (Scunthorpe, assess) do not count."""
    return "obscene" if SWEARING.search(plain(task)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
