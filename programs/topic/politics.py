import re

LABELS = {
    "politics": [
        "Politics",
        "political",
        "politics and government",
        "government",
        "politique",
        "Politik",
        "política",
        "政治",
        "时政",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:prime minister|white house|downing street|parliament|senators?|congress(?:man|woman|ional)"
    r"|house of (?:commons|lords"
    r"|representatives)|general election|presidential (?:election|candidate|race)|by-?election|ballots?|referendum"
    r"|lawmakers"
    r"|legislation|opposition leader|coalition government|chancellor of the exchequer|home secretary"
    r"|secretary of state"
    r"|supreme court|backbenchers?|cabinet (?:reshuffle|minister)|tory|tories|lib dems?|democratic party"
    r"|republican party)\b"
)
WEAK = re.compile(
    r"\b(?:ministers?|government|elections?|voters?|vote[sd]?|party|democrats?|republicans?|conservatives?|labour"
    r"|president"
    r"|mps?|senate|congress|policy|policies|campaign|reform|bill|law|leader|constituency|manifesto|polls?|mayor"
    r"|governor"
    r"|candidates?|spending|immigration|council|budget|cabinet|opposition)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Politics at home: parliaments, elections, bills and their offices are enough; of the milder words (minister,
    vote, party, reform) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "politics"
    return "politics" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
