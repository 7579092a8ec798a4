import re

LABELS = {
    "positive": ["Positive", "pos", "good", "favorable", "positif", "positiv", "positivo", "正面", "积极", "好评"],
    "negative": ["Negative", "neg", "bad", "unfavorable", "négatif", "negativ", "negativo", "负面", "消极", "差评"],
}
FIELD = "text"

BUT = re.compile(
    r"[,;.!]? ?\b(?:but|however|nevertheless|yet still|mais|cependant|pourtant|aber|jedoch|pero|sin embargo)\b"
    r"|但是|可是|不过|然而"
)
GOOD = re.compile(
    r"\b(?:good|great|excellent|amazing|love[ds]?|perfect|wonderful|worth|works|fine|best|enjoyed|happy|recommend"
    r"|bon(?:ne)?|génial|parfait|adore|gut|toll|super|perfekt|lohnt|buen[oa]?|genial|encanta|vale la pena)\b|很好"
    r"|喜欢|满意|值得"
)
BAD = re.compile(
    r"\b(?:bad|terrible|awful|horrible|poor|disappoint\w+|boring|useless|waste|broken|broke|stopped working|slow"
    r"|worst|hate"
    r"|mauvais|nul|déçue?|cher|cassé|schlecht|leider|kaputt|enttäuscht|teuer|mal[oa]?|caro|rot[oa]|lent[oa]"
    r"|decepcion\w+)\b"
    r"|太差|失望|不好|太贵|难吃|坏了"
)
NEGATED = re.compile(r"\b(?:not|n't|never|no|pas|jamais|nicht|kein\w*|nunca|sin)\b|不|没")


def label(task: dict) -> str | None:
    """Where a text turns ("..., but ..."), what it says after the last turn counts. A word of praise or of blame
    there decides, if only one of the two occurs and nothing there is negated. Five languages."""
    parts = BUT.split(plain(task))
    if len(parts) < 2:
        return None
    praised, blamed = GOOD.search(parts[-1]), BAD.search(parts[-1])
    if bool(praised) == bool(blamed) or NEGATED.search(parts[-1].replace("n't", " n't")):
        return None
    return "positive" if praised else "negative"


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
