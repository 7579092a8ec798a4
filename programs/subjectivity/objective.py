import re

LABELS = {
    "objective": [
        "Objective",
        "fact",
        "factual",
        "facts",
        "objectif",
        "fait",
        "objektiv",
        "Tatsache",
        "objetivo",
        "hecho",
        "客观",
        "事实",
    ]
}
FIELD = "text"

FACT = re.compile(
    r"\b(?:according to|(?:was|were|is) (?:born|founded|built|located|published|released|established|elected"
    r"|discovered|situated) "
    r"(?:in|on|by|at|near|as)|(?:rose|fell|increased|decreased|grew|dropped|declined) (?:by|to|from) \d"
    r"|\d[\d.,]* ?(?:percent|per cent|%|km|kilomet(?:er|re)s|miles|kg|inhabitants|people|degrees|metres|meters"
    r"|tons|tonnes)"
    r"|(?:in|since|until|from|between) (?:1[5-9]|20)\d\d|consists of"
    r"|is (?:a|an|the) (?:\w+ ){0,2}(?:city|river|species|capital|unit|member) "
    r"(?:of|in)|d'après|selon (?:le|la|les)|né(?:e)? (?:en|le|à)|situé(?:e)? (?:en|à|dans)|laut (?:der|dem|einer)"
    r"|geboren (?:am|in|im)"
    r"|liegt (?:in|im|an|am)|según (?:el|la|los|las)|nació en|situad[oa] en)|据(?:统计|报道|悉)|位于|成立于|出生于"
)
OPINION = re.compile(
    r"\b(?:i|we|my|our|me|you|your|je|mon|nous|ich|mein\w*|wir|yo|mi|nos|best|worst|great|terrible|amazing|awful"
    r"|beautiful|boring"
    r"|should|unfortunately|hopefully|sadly|luckily|love|hate|opinion)\b|[!！?？]|我|太|真"
)


def label(task: dict) -> str | None:
    """Statements that can be looked up: founded in, located in, according to, rose by 3 percent, years and
    measures, in a text without first or second person, judging words, questions and exclamation marks."""
    text = plain(task)
    return "objective" if FACT.search(text) and not OPINION.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
