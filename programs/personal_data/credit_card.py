import re

LABELS = {
    "credit card": [
        "Credit card",
        "credit card number",
        "card number",
        "payment card",
        "carte bancaire",
        "Kreditkarte",
        "tarjeta de crédito",
        "信用卡",
        "银行卡号",
        "PII",
        "contains PII",
        "personal data",
        "personal information",
        "sensitive",
        "données personnelles",
        "personenbezogen",
        "datos personales",
        "个人信息",
    ]
}
FIELD = "text"

WRITTEN = re.compile(r"(?:^|[^\d.,+-])((?:\d[ -]?){12,18}\d)(?:[^\d]|$)")


def label(task: dict) -> str | None:
    """A payment card number: 13 to 19 digits that begin as cards do (3, 4, 5, 6 or 2) and whose last digit is right
    (Luhn's checksum). Other long numbers do not count."""
    text = task.get(FIELD)
    if not isinstance(text, str):
        return None
    found = (re.sub(r"[ -]", "", match.group(1)) for match in WRITTEN.finditer(text[:10_000]))
    return "credit card" if any(x.isascii() and valid(x) for x in found) else None


def valid(digits: str) -> bool:
    if digits[0] not in "23456" or len(set(digits)) == 1:
        return False
    doubled = [int(x) * (1 + place % 2) for place, x in enumerate(reversed(digits))]
    return sum(x - 9 if x > 9 else x for x in doubled) % 10 == 0
