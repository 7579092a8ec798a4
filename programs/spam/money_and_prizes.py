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

WON = re.compile(
    r"\b(?:you(?:'ve| have)? (?:just )?(?:been )?(?:won|win|selected|chosen|awarded)|claim (?:your|ur|now|code|the)"
    r"|(?:cash|guaranteed|weekly|star) (?:prize|award)|prize (?:draw|winner|money)|lucky winner|gift ?card|lottery"
    r"|congratulations?,? (?:you|u|ur|your)|next of kin|unclaimed (?:funds?|money)|wire transfer fee"
    r"|vous avez (?:gagné|été sélectionné)|votre (?:gain|lot|héritage)|loterie"
    r"|sie haben (?:gewonnen|einen)|ihr gewinn|gewinnspiel|lotterie"
    r"|(?:ha|has) (?:ganado|sido seleccionad[oa])|su premio|lotería)\b"
    r"|恭喜您|中奖|奖金|领奖|彩票"
)
INCOME = re.compile(
    r"\b(?:earn|make|made|making|income of|gagnez|verdienen?|gana)\b[^.!?]{0,30}"
    r"(?:[$£€]\s?\d|\d ?(?:dollars|euros?|usd))"
    r"|[$£€]\s?\d[\d,.]*k? ?(?:a|per|every|each|/) ?(?:day|week|hour|month)\b"
    r"|\b(?:double your (?:money|bitcoin)|guaranteed (?:returns?|profits?)|instant (?:loan|cash))\b"
    r"|\b(?:bitcoin|crypto) invest"
    r"|[$£€]{3,}|(?:日|月)入(?:过)?[\d万千百]+"
)


def label(task: dict) -> str | None:
    """A prize, lottery or inheritance that the reader is said to have won, or an income promised without effort, is
    spam. A sum of money alone says nothing. English, French, German, Spanish and Chinese."""
    text = plain(task)
    return "spam" if WON.search(text) or INCOME.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
