import re

LABELS = {
    "urgent": [
        "Urgent",
        "very urgent",
        "high priority",
        "high urgency",
        "critical",
        "immediate",
        "emergency",
        "urgente",
        "prioridad alta",
        "priorité haute",
        "dringend",
        "eilig",
        "hohe Priorität",
        "紧急",
        "加急",
        "高优先级",
    ]
}
FIELD = "text"

AT_ONCE = re.compile(
    r"\b(?:asap|a\.s\.a\.p|as soon as possible|urgent(?:ly)?|immediate(?:ly)?|right away|at once|without delay"
    r"|emergency|top priority|high priority|can't wait|cannot wait|need (?:this|it|help|you) (?:now|today)"
    r"|time[- ]critical"
    r"|urgence|en urgence|urgente?|au plus vite|le plus vite possible|dès que possible|immédiatement|tout de suite"
    r"|dringend|sofort(?:ige?)?|umgehend|so schnell wie möglich|schnellstmöglich|unverzüglich|eilt|notfall"
    r"|urgentemente|lo antes posible|cuanto antes|inmediatamente|de inmediato|ya mismo|emergencia)\b"
    r"|紧急|加急|马上|立刻|尽快|十万火急|急需|急急"
)
NEGATED = re.compile(
    r"\b(?:not|isn't|nothing|no|non|hardly|pas|rien d'|nicht|kein\w*|nada|wasn't)(?: \w+)? ?(?:urgen\w+|urgente?"
    r"|dringend|emergency"
    r"|emergencia|rush|immediate(?:ly)?|sofort|right now|asap)\b|不(?:紧急|着急|急)|不用(?:马上|立刻|急)"
    r"|immediate family"
)


def label(task: dict) -> str | None:
    """Words that ask for help at once: asap, urgent, immediately, and their like in French, German, Spanish and
    Chinese. "Not urgent" and "no emergency" do not count."""
    text = plain(task)
    return "urgent" if AT_ONCE.search(text) and not NEGATED.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
