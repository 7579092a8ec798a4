import re

LABELS = {
    "iban": [
        "IBAN",
        "bank account",
        "account number",
        "bank account number",
        "compte bancaire",
        "Bankverbindung",
        "Kontonummer",
        "cuenta bancaria",
        "银行账号",
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

WRITTEN = re.compile(r"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b")


def label(task: dict) -> str | None:
    """An international bank account number (IBAN) whose two check digits are right (ISO 7064, remainder 97). A
    string that only looks like one does not count."""
    text = task.get(FIELD)
    if not isinstance(text, str):
        return None
    return "iban" if any(valid(match.group(1)) for match in WRITTEN.finditer(text[:10_000])) else None


def valid(written: str) -> bool:
    parts = written.split(" ")
    return any(checks("".join(parts[:size])) for size in range(1, len(parts) + 1))


def checks(account: str) -> bool:
    if not 15 <= len(account) <= 34 or not account.isascii():
        return False
    turned = account[4:] + account[:4]
    return int("".join(str(int(x, 36)) for x in turned)) % 97 == 1
