import re

LABELS = {
    "description": [
        "Description",
        "desc",
        "description and abstract concept",
        "definition",
        "explanation",
        "reason",
        "manner",
        "définition",
        "Beschreibung",
        "Erklärung",
        "Grund",
        "descripción",
        "definición",
        "描述",
        "定义",
        "解释",
    ]
}
FIELD = "text"

DESCRIBED = re.compile(
    r"^what (?:is|are|was|were) (?:an? (?:[\w'-]+ )?)?(?!the |my |your |his |her |it |this |that )[\w'-]+ ?\??$"
    r"|^what (?:does|do) .{1,60}\bmean\b"
    r"|^(?:why|how (?:do|does|did|can|could|is|are|was|were|would|should|come)"
    r"|(?:what|define)(?: is|'s)?(?: the)? (?:meaning|definition|origin|purpose|cause|causes|difference|function"
    r"|history|reason)"
    r"|what (?:causes?|caused|happens|happened)|define\b|explain\b|describe\b"
    r"|pourquoi|comment|qu'est[- ]ce que|que signifie|warum|wieso|weshalb|was (?:ist|sind|bedeutet)|wie funktioniert"
    r"|por qué|qué (?:es|son|significa)|cómo)\b"
    r"|为什么|什么是|是什么意思|怎么(?:样|做|会)|如何"
)
SHORT_FORM = re.compile(r"\bstand for\b|\babbreviat\w+|\bacronym\b|\bname\b|\bcall(?:ed)?\b|\bcombien\b|\bcapital\b")


def label(task: dict) -> str | None:
    """A question whose answer is an explanation: why, how something is done or works, what something is or means,
    what causes it (pourquoi, warum, por qué, 为什么)."""
    text = plain(task)
    return "description" if DESCRIBED.search(text) and not SHORT_FORM.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
