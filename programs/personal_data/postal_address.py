import re

LABELS = {
    "postal address": [
        "Address",
        "postal address",
        "street address",
        "home address",
        "mailing address",
        "adresse",
        "adresse postale",
        "Anschrift",
        "Postanschrift",
        "dirección",
        "domicilio",
        "地址",
        "住址",
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

STREET = re.compile(
    r"\b\d{1,5}[a-z]?,? (?:(?!on |in |the |a |of |to |at |and |from )[\w.'-]+ ){1,4}?(?:street|st|avenue|ave|road"
    r"|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|terrace"
    r"|close|crescent|highway|parkway)\b"
    r"|\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|allée|impasse|chemin|quai|cours) (?:de |du |des |d'"
    r"|la |le )*\w+"
    r"|\b\w+(?:strasse|str\.|straße|weg|gasse|platz|allee|ufer|damm) \d{1,4} ?[a-z]?\b"
    r"|\b(?:calle|avenida|avda\.?|plaza|paseo|c/) (?:de |del |la |el |los )*\w+(?: \w+)?,? (?:n[º°.o]? ?)?\d{1,4}\b"
    r"|[\u4e00-\u9fff]{1,10}(?:路|街|巷|大道)\d{1,5}(?:号|弄)"
)
BOX = re.compile(r"\bp\.? ?o\.? box \d+|\bpostfach \d+|\bapartado (?:de correos )?\d+")


def label(task: dict) -> str | None:
    """A street with a house number, in the way that English, French, German, Spanish and Chinese addresses are
    written, or a post office box. A street without a number does not count."""
    text = plain(task)
    return "postal address" if STREET.search(text) or BOX.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
