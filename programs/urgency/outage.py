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

OUTAGE = re.compile(
    r"\b(?:(?:is|are|went|goes|has gone|completely|still|keeps? going|totally) (?:down|offline|unreachable"
    r"|unavailable)|outage"
    r"|(?:system|server|site|website|service|production|network|database|checkout) (?:is )?(?:down|offline|crashed"
    r"|failure)"
    r"|(?:all|every|none of|no) (?:\w+ ){0,3}(?:users?|customers?|staff|employees|orders) (?:are |is |can |can't "
    r"|cannot )"
    r"(?:\w+ ){0,2}(?:log|work|access|blocked|affected|order|pay|connect)"
    r"|data (?:loss|breach|leak)|(?:been |was |got )?hacked|security (?:breach|incident)|ransomware"
    r"|losing (?:money|customers|data)"
    r"|(?:gas|water) leak|smoke|on fire|flood(?:ed|ing)|trapped|unconscious|bleeding|chest pain|can't breathe"
    r"|en panne|hors service|panne (?:générale|totale)|piraté|fuite de (?:gaz|données)|incendie"
    r"|ausgefallen|totalausfall|stromausfall|gehackt|datenleck|wasserrohrbruch|brennt"
    r"|caíd[oa]|no funciona nada|hackead[oa]|fuga de (?:gas|datos)|incendio)\b"
    r"|宕机|瘫痪|崩溃|断网|停电|漏水|漏气|着火|被黑|数据泄露|全部用不了"
)
OVER = re.compile(
    r"\b(?:(?:back|up and|now) (?:up|online|running)|resolved|restored|was fixed|has been fixed|drill"
    r"|smoke[- ](?:free|test|detector)"
    r"|rétabli|behoben|wieder online|resuelto|restablecido)\b|恢复|已解决|演习"
)


def label(task: dict) -> str | None:
    """A standstill or a danger: a service that is down for everyone, a breach, data loss, fire, flood, injury.
    Nothing is said when the text also tells that it is over. English, French, German, Spanish and Chinese."""
    text = plain(task)
    return "urgent" if OUTAGE.search(text) and not OVER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
