import re

LABELS = {
    "how to": [
        "How to",
        "how to question",
        "howto",
        "usage question",
        "usage",
        "instructions",
        "guidance",
        "product question",
        "comment faire",
        "Anleitung",
        "cómo hacer",
        "使用方法",
        "咨询",
        "如何使用",
    ]
}
FIELD = "text"

HOW = re.compile(
    r"\b(?:how (?:do|can|could|should|would|might) (?:i|we|you|one)|how to"
    r"|what(?:'s| is) the (?:best |right |easiest )?way to"
    r"|is there (?:a|any) way to|(?:can|could) (?:you|someone|anyone) (?:show|tell|explain"
    r"|walk)(?: \w+)? (?:me )?(?:how|through)"
    r"|where (?:do|can) i (?:find|change|set|see|enable|turn)|step[- ]by[- ]step"
    r"|comment (?:faire|puis-je|peut-on|est-ce que je|activer|changer|installer)|où (?:puis-je|trouver)"
    r"|wie (?:kann|muss|soll|stelle|ändere|richte|aktiviere|installiere|geht das)|wo (?:finde|kann) ich"
    r"|cómo (?:puedo|se|hago|cambio|activo|instalo|configuro)|dónde (?:puedo|encuentro))\b|(?:如何|怎么"
    r"|怎样)(?!回事|还|这么|会)"
)
BROKEN = re.compile(
    r"\b(?:error|crash\w*|not working|doesn't work|broken|refund|cancel\w*|money back|fails?|failed|en panne"
    r"|fehler|kaputt|kündig\w*"
    r"|remboursement|résilier|reembolso|cancelar|no funciona)\b|报错|退款|取消|坏了|how (?:can|could|dare) you"
)


def label(task: dict) -> str | None:
    """A customer asks how something is done: how do I, is there a way to, where can I find, and their like in
    French, German, Spanish and Chinese. Faults, refunds and cancellations are left to others."""
    text = plain(task)
    return "how to" if HOW.search(text) and not BROKEN.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
