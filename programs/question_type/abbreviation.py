import re

LABELS = {
    "abbreviation": [
        "Abbreviation",
        "abbr",
        "acronym",
        "abréviation",
        "sigle",
        "Abkürzung",
        "abreviatura",
        "sigla",
        "siglas",
        "缩写",
    ]
}
FIELD = "text"

SHORT = re.compile(
    r"\b(?:stands? for|(?:full|long) form|abbreviat(?:ion|ed|e)|acronyms?|initials|short for|spelled out)\b"
    r"|\babr[ée]viation\b|\bsigles?\b|\babkürzung\b|\bsteht .{1,40} für\b|\babreviatura\b|\bsiglas?\b|缩写|全称"
)
ASKED = re.compile(r"\?|^(?:what|how|which|que|quelle?|was|wofür|qué|cuál)\b|什么|？")
MEANT = re.compile(r"^\W*[Ww]hat (?:does|do|is|did)(?: the)? [A-Z][A-Z.&]{1,7}(?: mean)? ?\?*$")


def label(task: dict) -> str | None:
    """A question about a short form: what it stands for, how something is abbreviated, or "what is" with nothing
    but a few capitals (What is NASA?). "I can't stand for long" asks nothing."""
    text = plain(task)
    if SHORT.search(text) and ASKED.search(text):
        return "abbreviation"
    given = task.get(FIELD)
    return "abbreviation" if isinstance(given, str) and MEANT.search(given[:200]) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
