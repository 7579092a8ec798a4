import re

LABELS = {
    "positive": ["Positiv", "positive", "pos", "gut", "zufrieden"],
    "negative": ["Negativ", "negative", "neg", "schlecht", "unzufrieden"],
}
FIELD = "text"

NEGATION = r"\b(?:nicht|kein(?:e|en|em|er|es)?|nie|niemals|nichts|kaum|ohne|weder) (?:\w+ ){0,2}?"
GOOD = re.compile(
    "(" + NEGATION + r")?\b(?:gut(?:e|en|er|es|em)?|super|toll(?:e|en|er|es)?|hervorragend(?:e|en|er|es)?"
    r"|ausgezeichnet(?:e|er|es)?"
    r"|fantastisch(?:e|er|es)?|wunderbar(?:e|er|es)?|perfekt(?:e|er|es)?|grossartig(?:e|er|es)?|lecker(?:e|es)?"
    r"|begeistert"
    r"|schön(?:e|en|er|es)?|zufrieden|freundlich(?:e|en|er|es)?|empfehlenswert|klasse|prima|genial(?:e|er|es)?|liebe"
    r"|gerne wieder|spitze|angenehm(?:e|er|es)?|beste[nrs]?)\b"
)
BAD = re.compile(
    "(" + NEGATION + r")?\b(?:schlecht(?:e|en|er|es)?|schrecklich(?:e|er|es)?|furchtbar(?:e|er|es)?|enttäuscht"
    r"|enttäuschend(?:e|er)?"
    r"|enttäuschung|langweilig(?:e|er|es)?|kaputt|defekt|dreckig|schmutzig|unfreundlich(?:e|er|es)?|mies(?:e|er|es)?"
    r"|katastrophe|katastrophal(?:e|er)?|nutzlos|mangelhaft|ärgerlich|hasse|unzufrieden|schrott|müll|überteuert"
    r"|nie wieder"
    r"|frechheit|unverschämt|schlimm(?:e|er|ste)?|unbrauchbar)\b"
)


def label(task: dict) -> str | None:
    """Counts German words of praise and of blame. "Nicht", "kein", "nie" and the like just before turn praise into
    blame, and take back blame ("nicht schlecht"). The larger side wins; a tie is an abstention."""
    text = plain(task)
    praise, not_praise = counted(GOOD, text)
    blame, not_blame = counted(BAD, text)
    balance = praise - not_praise - blame + not_blame / 2
    if not balance:
        return None
    return "positive" if balance > 0 else "negative"


def counted(pattern: re.Pattern, text: str) -> tuple[int, int]:
    negated = [match.group(1) is not None for match in pattern.finditer(text)]
    return negated.count(False), negated.count(True)


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
