import re

LABELS = {
    "positive": ["Positivo", "positiva", "positive", "pos", "bueno", "favorable", "satisfecho"],
    "negative": ["Negativo", "negativa", "negative", "neg", "malo", "desfavorable", "insatisfecho"],
}
FIELD = "text"

NEGATION = r"\b(?:no|nunca|jamás|ningun[oa]?|ningún|nada|sin|tampoco|ni) (?:\w+ ){0,2}?"
GOOD = re.compile(
    "(" + NEGATION + r")?\b(?:buen(?:o|a|os|as)?|excelentes?|genial(?:es)?|increíbles?|maravillos[oa]s?|fantástic[oa]s?"
    r"|perfect[oa]s?"
    r"|estupend[oa]s?|encant(?:a|an|ó|ado|ador)|delicios[oa]s?|recomendables?|content[oa]s?|satisfech[oa]s?|feliz"
    r"|felices"
    r"|amables?|agradables?|bonit[oa]s?|hermos[oa]s?|preciosas?|rápid[oa]s?|mejor(?:es)?|cómod[oa]s?|ric[oa]s?)\b"
)
BAD = re.compile(
    "("
    + NEGATION
    + r")?\b(?:mal[oa]s?|mal|horribles?|terribles?|pésim[oa]s?|fatal|decepcion(?:ante|ado|ada|ó)?|decepción"
    r"|aburrid[oa]s?"
    r"|inútil(?:es)?|rot[oa]s?|suci[oa]s?|lent[oa]s?|peor(?:es)?|asco|odio|estafa|basura|maleducad[oa]s?|desastre"
    r"|insatisfech[oa]s?|defectuos[oa]s?|vergüenza|car[ií]sim[oa]s?|desagradables?)\b"
)


def label(task: dict) -> str | None:
    """Counts Spanish words of praise and of blame. "No", "nunca", "sin" and the like just before turn praise into
    blame, and take back blame ("no está mal"). The larger side wins; a tie is an abstention."""
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
