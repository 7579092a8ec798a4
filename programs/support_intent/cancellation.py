import re

LABELS = {
    "cancel": [
        "Cancel",
        "cancellation",
        "cancel order",
        "cancel subscription",
        "cancellation request",
        "unsubscribe",
        "close account",
        "terminate",
        "churn",
        "annulation",
        "résiliation",
        "Kündigung",
        "Stornierung",
        "cancelación",
        "baja",
        "取消",
        "取消订单",
        "退订",
    ]
}
FIELD = "text"

CANCEL = re.compile(
    r"\b(?:(?:want|need|like|how (?:do|can) i|how to|please|can i|could i|can you|could you|help me|trying|tried)"
    r"(?: (?:to|you|me|us|i|just|go ahead and|immediately))*"
    r" (?:cancel|unsubscribe|terminate"
    r"|(?:close|delete|end) (?:my|our|the|this) (?:account|subscription|membership|contract|plan))"
    r"|cancel (?:my|our|the|this) (?:order|subscription|membership|account|plan|contract|booking|reservation"
    r"|policy|service)"
    r"|(?:annuler|résilier) (?:ma|mon|notre|la|le|l'|cette)|(?:kündige|storniere)\b|(?:kündigen|stornieren)|kündigung"
    r"|(?:quiero|necesito|deseo|puedo|cómo) (?:cancel|anul)ar|cancelar (?:mi|el|la)|darme de baja)\b"
    r"|(?:取消|退掉)(?:我的)?(?:订单|订阅|会员|预订|服务)|(?:想|要|怎么|如何)(?:取消|退订)|注销(?:账号|账户)"
)
NOT = re.compile(
    r"\b(?:not|don't|didn't|won't|never|without)(?: \w+){0,3} (?:cancel|unsubscribe|annuler)\b"
    r"|\bnicht (?:kündigen|stornieren)\b"
    r"|\bnoise[- ]cancel|不(?:想|要)取消|别取消"
)


def label(task: dict) -> str | None:
    """A customer wants to end something: cancel an order, subscription or booking, close the account, in English,
    French, German, Spanish or Chinese. An event that was cancelled, and "do not cancel", do not count."""
    text = plain(task)
    return "cancel" if CANCEL.search(text) and not NOT.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
