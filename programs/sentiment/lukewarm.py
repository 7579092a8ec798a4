import re

LABELS = {"neutral": ["Neutral", "neu", "neutre", "neutro", "neutrals", "neutral sentiment", "中性", "中立", "中评"]}
FIELD = "text"

MILD = re.compile(
    r"\b(?:(?:it's|its|it is|it was|was|just|only|is) (?:just |only )?(?:ok|okay|average|alright|fine i guess)"
    r"|nothing (?:special|great|fancy|to write home)|so[- ]so|meh|neither (?:good|great) nor (?:bad|terrible)"
    r"|middle of the road"
    r"|mixed feelings|no (?:strong )?opinion|correct sans plus|sans plus|ni bon ni mauvais|bof|passable|moyen(?:ne)?"
    r"|durchschnittlich|mittelmässig|geht so|nichts besonderes|weder gut noch schlecht"
    r"|regular|ni bien ni mal|ni bueno ni malo|nada especial|más o menos|normalito)\b"
    r"|一般般|还行|凑合|马马虎虎|不好不坏|中规中矩|普普通通"
)
STRONG = re.compile(
    r"\b(?:great|excellent|amazing|love[ds]?|awful|terrible|horrible|hate[ds]?|worst|best|perfect|recommend"
    r"|disappoint\w+"
    r"|excellente?|géniale?|adore|déçue?|hervorragend|furchtbar|enttäuscht|excelente|encanta|pésim[oa])\b|失望"
    r"|很好|太差|喜欢"
)


def label(task: dict) -> str | None:
    """Words that praise and blame little: "it was okay", "so-so", "nothing special", "geht so", "sans plus", "还行".
    Nothing is said when a strong word of praise or blame stands in the same text."""
    text = plain(task)
    return "neutral" if MILD.search(text) and not STRONG.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
