import re

LABELS = {
    "email": [
        "Email",
        "e mail",
        "email address",
        "mail address",
        "courriel",
        "adresse e mail",
        "correo electrónico",
        "邮箱",
        "电子邮件",
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

ADDRESS = re.compile(
    r"\b[a-z0-9][a-z0-9._%+-]{0,63}(?:@|\s?[\[(]\s?at\s?[\])]\s?)[a-z0-9-]+(?:(?:\."
    r"|\s?[\[(]\s?dot\s?[\])]\s?)[a-z0-9-]+)*"
    r"(?:\.|\s?[\[(]\s?dot\s?[\])]\s?)[a-z]{2,24}\b"
)
EXAMPLE = re.compile(r"@(?:example\.(?:com|org|net)|test\.com|domain\.com|email\.com)\b")


def label(task: dict) -> str | None:
    """An e-mail address, also one written as "name [at] host [dot] org". Addresses that stand for any address
    (name@example.com) and handles without a domain (@name) do not count."""
    text = EXAMPLE.sub(" ", plain(task))
    return "email" if ADDRESS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
