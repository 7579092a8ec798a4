import re

LABELS = {
    "phishing": [
        "Phishing",
        "smishing",
        "scam",
        "fraud",
        "fraudulent",
        "hameçonnage",
        "arnaque",
        "Betrug",
        "estafa",
        "fraude",
        "spam",
        "junk",
        "钓鱼",
        "诈骗",
        "欺诈",
    ]
}
FIELD = "text"

THREAT = re.compile(
    r"\b(?:account|card|password|mailbox|access|profile|parcel|package|payment)\b[^.!?]{0,40}"
    r"\b(?:suspended|locked|blocked|limited|restricted|disabled|deactivated|expired?|on hold|declined|compromised)\b"
    r"|\b(?:unusual|suspicious|unauthori[sz]ed) (?:activity|sign[- ]?in|login|transaction|payment)\b"
    r"|\bcompte\b[^.!?]{0,40}\b(?:suspendu|bloqué|limité|désactivé)\b"
    r"|\bkonto\b[^.!?]{0,40}\b(?:gesperrt|eingeschränkt|deaktiviert)\b"
    r"|\bcuenta\b[^.!?]{0,40}\b(?:suspendida|bloqueada|limitada)\b|(?:账户|账号|银行卡).{0,10}(?:冻结|异常|停用)"
)
DEMAND = re.compile(
    r"\b(?:verify|confirm|update|validate|unlock|restore|reactivate) (?:your|the|ur)\b"
    r"|\b(?:click|tap|follow|log ?in|sign in)\b"
    r"|https?:|\b(?:vérifiez|confirmez|cliquez|bestätigen sie|klicken sie|verifi(?:que|ca)|confirme|haga clic)\b"
    r"|点击|验证|登录"
)


def label(task: dict) -> str | None:
    """Phishing frightens and then demands: an account, card or parcel is said to be blocked, and the reader is to
    confirm his data or follow a link. Both must stand in the text. English, French, German, Spanish and
    Chinese."""
    text = plain(task)
    return "phishing" if THREAT.search(text) and DEMAND.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
