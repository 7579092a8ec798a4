import re

LABELS = {
    "refund": [
        "Refund",
        "refund request",
        "request refund",
        "get refund",
        "money back",
        "reimbursement",
        "return and refund",
        "remboursement",
        "Rückerstattung",
        "Erstattung",
        "reembolso",
        "devolución",
        "退款",
        "退钱",
    ]
}
FIELD = "text"

REFUND = re.compile(
    r"\b(?:(?:i|we|you)? ?(?:want|need|would like|demand|request(?:ing)?|get|give|expect|ask(?:ing)? for|issue"
    r"|process|entitled to|waiting for)"
    r"(?: (?:me|for|to|a|an|the|my|our|full|back|get|have|receive|request))* (?:refund(?:ed)?|money back"
    r"|reimbursement)"
    r"|(?:can|could|may|please|where is|when will|how do|how can) .{0,40}\b(?:refund(?:ed)?|money back"
    r"|reimburse[d]?)|refund me"
    r"|rembours(?:er|ez|ement|é|ée)|être remboursé|(?:rück)?erstatt(?:ung|en|et)|geld zurück|rückzahlung"
    r"|reembols(?:o|ar|en|ado)|devol(?:ver|vedme|vernos|ución del?)(?: \w+){0,2} (?:dinero|importe))\b|退款|退钱|退费"
)
NOT = re.compile(
    r"\b(?:not|don't|no|never|without|instead of)(?: \w+){0,2} (?:refund(?:ed)?|money back)\b"
    r"|\bnon[- ]refundable\b|\brefund policy\b"
    r"|\b(?:pas|kein\w*|ohne|sin)(?: \w+){0,2} (?:remboursement|erstattung|reembolso)\b|不(?:要|用|需要)退款"
)


def label(task: dict) -> str | None:
    """A customer asks for money back: wants, requests or waits for a refund, in English, French, German, Spanish or
    Chinese. Refunds that are not wanted and questions about the policy do not count."""
    text = plain(task)
    return "refund" if REFUND.search(text) and not NOT.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
