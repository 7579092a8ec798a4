import re

LABELS = {
    "positive": ["Positif", "positive", "pos", "positifs", "favorable", "bon", "satisfait"],
    "negative": ["Négatif", "negative", "neg", "négatifs", "défavorable", "mauvais", "insatisfait"],
}
FIELD = "text"

NEGATION = r"\b(?:pas|jamais|aucune?|rien de|sans|ni) (?:\w+ ){0,2}?"
GOOD = re.compile(
    "(" + NEGATION + r")?\b(?:bon(?:ne)?s?|excellente?s?|super|génial(?:e|es)?|géniaux|parfait(?:e|s|es|ement)?"
    r"|magnifiques?"
    r"|merveilleu(?:x|se|ses)|formidables?|agréables?|délicieu(?:x|se|ses)|ravie?s?|satisfaite?s?|content(?:e|s|es)?"
    r"|(?:j'|l'|les |on )(?:adore|aime)|adoré|bravo|top|impeccables?|efficaces?|sympathiques?|sympa|meilleure?s?"
    r"|beau|belle)\b"
)
BAD = re.compile(
    "("
    + NEGATION
    + r")?\b(?:mauvais(?:e|es)?|nul(?:le|s|les)?|horribles?|affreu(?:x|se|ses)|terribles?|médiocres?|déçue?s?"
    r"|décevante?s?"
    r"|déception|ennuyeu(?:x|se|ses)|inutiles?|cassée?s?|sales?|lente?s?|pires?|arnaque|déteste|catastrophes?"
    r"|catastrophique"
    r"|insatisfaite?s?|honteu(?:x|se)|scandaleu(?:x|se)|raté|défectueu(?:x|se)|désagréables?)\b"
)


def label(task: dict) -> str | None:
    """Counts French words of praise and of blame. "Pas", "jamais", "sans" and the like just before turn praise into
    blame, and take back blame ("pas mauvais"). The larger side wins; a tie is an abstention."""
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
