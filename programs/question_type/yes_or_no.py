import re

LABELS = {
    "yes or no": [
        "Yes/No",
        "yes no question",
        "boolean",
        "polar",
        "closed",
        "closed question",
        "oui non",
        "Ja Nein",
        "sí no",
        "是非题",
        "是否",
    ]
}
FIELD = "text"

OPENING = re.compile(
    r"^(?:and |so |but |hi |hello |hey |ok |well |now )?[, ]*(?:is|are|was|were|am|do|does|did|can|could|will"
    r"|would|shall|should|has|have|had"
    r"|may|might|must|isn't|aren't|don't|doesn't|didn't|can't|won't)(?! not) (?:\w+)"
    r"|^(?:est-ce (?:que|qu')|(?:êtes|avez|pouvez|voulez|savez)[- ]vous)"
    r"|^(?:ist|sind|hat|haben|kann|können|gibt|muss|darf|wird|war) \w+|^¿(?:es|son|hay|puedo|puede|tiene|está|eres) "
)
CHINESE = re.compile(r"吗[?？]?$|是不是|有没有|能不能|可不可以|会不会")
OTHER = re.compile(r"\b(?:who|what|which|where|when|why|how|or)\b|\b(?:oder|ou)\b|¿.*\bo\b")


def label(task: dict) -> str | None:
    """A question that yes or no answers: it opens with a verb (is, do, can, have; est-ce que, ist, ¿es) and ends in
    a question mark, or is such a one in Chinese. A choice with "or" and a question inside one are left out."""
    text = plain(task)
    if CHINESE.search(text):
        return "yes or no"
    return "yes or no" if text.endswith("?") and OPENING.search(text) and not OTHER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
