import re

LABELS = {
    "positive": ["Positive", "pos", "good", "favorable", "positif", "positiv", "positivo", "正面", "积极", "好评"],
    "negative": ["Negative", "neg", "bad", "unfavorable", "négatif", "negativ", "negativo", "负面", "消极", "差评"],
}
FIELD = "text"

CRY = re.compile(r"[^.!?。！？]*[!！]")
GOOD = re.compile(
    r"\b(?:love|loved|amazing|awesome|great|excellent|fantastic|wonderful|perfect|best|brilliant|thank you|thanks"
    r"|wow|yay"
    r"|bravo|génial|super|excellent|merci|adore|toll|klasse|wunderbar|danke|genial|excelente|gracias|increíble)\b"
    r"|太棒|太好|完美|谢谢"
)
BAD = re.compile(
    r"\b(?:terrible|awful|horrible|worst|disgusting|shame|unacceptable|ridiculous|scam|useless|pathetic"
    r"|never again|avoid"
    r"|honte|scandale|nul|arnaque|inacceptable|frechheit|unverschämt|schrecklich|vergüenza|estafa|inaceptable"
    r"|pésimo)\b"
    r"|太差|骗子|垃圾|气死"
)
NOT = re.compile(r"\b(?:not|no|isn't|wasn't|don't|didn't|hardly|pas|nicht|kein\w*)\b|不")


def label(task: dict) -> str | None:
    """Sentences that end in an exclamation mark: strong praise or thanks in them against strong blame. Nothing is
    said when both occur, or when such a sentence has a negation."""
    cries = " ".join(CRY.findall(plain(task)))
    praised, blamed = GOOD.search(cries), BAD.search(cries)
    if bool(praised) == bool(blamed) or NOT.search(cries):
        return None
    return "positive" if praised else "negative"


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
