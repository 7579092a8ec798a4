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

DEADLINE = re.compile(
    r"\b(?:by|before|until|due) (?:tonight|today|end of (?:the )?day|eod|cob|noon|midnight|tomorrow morning"
    r"|close of business)\b"
    r"|\bwithin (?:the (?:next )?)?(?:an|one|two|three|\d{1,2}) (?:minutes?|hours?)\b"
    r"|\b(?:last|final) (?:day|chance|reminder|notice)\b"
    r"|\b(?:expires?|closes?|ends?|due|leaves?|leaving|starts?|flight is) (?:in|at) (?:an|one|two"
    r"|\d{1,2}) (?:minutes?|hours?)\b"
    r"|\b(?:expires?|closes?|due|deadline is|deadline) (?:today|tonight)\b|\boverdue\b|\brunning out of time\b"
    r"|\bavant (?:ce soir|midi|minuit|la fin de la journée)\b|\bd'ici (?:ce soir|une heure)\b"
    r"|\bdernier (?:délai|rappel)\b"
    r"|\bbis (?:heute|heute abend|mittag|mitternacht)\b|\bnoch heute\b|\bletzte mahnung\b|\bin einer stunde\b"
    r"|\bantes de (?:esta noche|hoy|mediodía|que acabe el día)\b|\bhoy mismo\b|\búltimo (?:aviso|día)\b"
    r"|今天(?:之内|内|下班前)|今晚之前|截止|最后一天|[一两\d]小时内"
)


def label(task: dict) -> str | None:
    """A deadline within the day: "by tonight", "within two hours", "due today", "final notice", and their like in
    French, German, Spanish and Chinese. A date next week is none."""
    return "urgent" if DEADLINE.search(plain(task)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
