import re

LABELS = {
    "technical problem": [
        "Technical problem",
        "technical",
        "technical issue",
        "technical support",
        "bug",
        "issue",
        "problem",
        "error",
        "fault",
        "tech support",
        "incident",
        "problème technique",
        "panne",
        "technisches Problem",
        "Störung",
        "Fehler",
        "problema técnico",
        "fallo",
        "技术问题",
        "故障",
        "报错",
    ]
}
FIELD = "text"

BROKEN = re.compile(
    r"\b(?:(?:error|exception) (?:message|code|\d{3,})"
    r"|(?:get|getting|got|see|shows?|throws?|gives?)(?: \w+){0,3} errors?|bug|glitch"
    r"|crash(?:es|ed|ing)?|freez(?:es|ing)|frozen|hangs|blue screen|black screen|blank (?:page|screen)"
    r"|(?:does(?:n't| not)|do(?:n't| not)|is(?:n't| not)|won't|will not|not|stopped|never|can(?:'t|not))"
    r" (?:working|work|load(?:ing)?|open(?:ing)?|start(?:ing)?|connect(?:ing)?|respond(?:ing)?|sync(?:ing)?"
    r"|turn on|boot|install"
    r"|update|print|charge|play)|keeps (?:crashing|freezing|disconnecting|restarting|loading)"
    r"|ne (?:fonctionne|marche|s'ouvre|charge|démarre) (?:pas|plus)|message d'erreur|bogue|plante"
    r"|funktioniert (?:\w+ )?nicht|geht nicht|fehlermeldung|stürzt (?:\w+ )?ab|lädt nicht|startet nicht|hängt sich auf"
    r"|no (?:funciona|carga|abre|conecta|arranca|enciende)|mensaje de error"
    r"|se (?:cierra|bloquea|cuelga) (?:solo|sola)?)"
    r"|报错|闪退|死机|卡(?:死|住)|(?:打|登|连|用|加载|安装)不(?:开|上|了|出)|无法(?:打开|连接|加载|使用|启动)"
    r"|出(?:现)?(?:错|故障)|没反应"
)
SOLVED = re.compile(
    r"\b(?:fixed|solved|resolved|no longer|works (?:again|now|fine)"
    r"|(?:am|i'm|we are|he is|she is|they are) not working|no (?:bugs?|errors?)|behoben|résolu|resuelto)\b|解决了"
)


def label(task: dict) -> str | None:
    """Something technical fails: an error message, a crash, a frozen or blank screen, "does not load", and their
    like in French, German, Spanish and Chinese. What is told to be solved does not count."""
    text = plain(task)
    return "technical problem" if BROKEN.search(text) and not SOLVED.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
