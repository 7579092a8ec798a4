import re

LABELS = {
    "phone": [
        "Phone",
        "phone number",
        "telephone",
        "telephone number",
        "mobile number",
        "téléphone",
        "numéro de téléphone",
        "Telefon",
        "Telefonnummer",
        "teléfono",
        "电话",
        "手机号",
        "电话号码",
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

INTERNATIONAL = re.compile(r"(?:\+|\b00)[1-9]\d{0,2}[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?)?\d(?:[ ./-]?\d){5,11}\b")
GROUPED = re.compile(
    r"(?:^|[^\w.,/+-])(?:\(\d{2,5}\)[ -]?\d{3,4}[ -]?\d{3,4}|\d{3}[-. ]\d{3}[-. ]\d{4}|0\d{1,4}[ /-]\d[\d -]{4,9}\d)\b"
)
NAMED = re.compile(
    r"\b(?:phone|tel|call|mobile|cell|fax|whatsapp|tél|téléphone|portable|telefon|handy|ruf|teléfono|móvil|llam\w+)\b"
    r"\D{0,15}(?:\d[ ./-]?){6,13}\d\b"
)
CHINESE = re.compile(r"(?:^|\D)1[3-9]\d{9}(?:\D|$)")


def label(task: dict) -> str | None:
    """A telephone number: international with + or 00, in the usual groups, a Chinese mobile number, or seven digits
    and more right after a word such as "call" or "Tel". Dates, amounts and order numbers do not count."""
    text = plain(task)
    return "phone" if any(x.search(text) for x in (INTERNATIONAL, GROUPED, NAMED, CHINESE)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
