import re

LABELS = {
    "ip address": [
        "IP address",
        "IP",
        "ip addresses",
        "adresse IP",
        "IP Adresse",
        "dirección IP",
        "IP地址",
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

V4 = re.compile(r"(?:^|[^\w.])((?:\d{1,3}\.){3}\d{1,3})(?:$|[^\w.]|\.(?:\D|$))")
V6 = re.compile(
    r"(?:^|[^\w:])((?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?:$|[^\w:])"
)
VERSION = re.compile(r"\b(?:version|ver|v|release|firmware|build|section|chapter)\.? ?(?:\d+\.){3}\d+")


def label(task: dict) -> str | None:
    """An internet address of a machine, version 4 (each part up to 255) or version 6. Version numbers of software
    and the addresses that every machine has (127.0.0.1, 0.0.0.0) do not count."""
    text = VERSION.sub(" ", plain(task))
    if V6.search(text):
        return "ip address"
    return "ip address" if any(is_address(match.group(1)) for match in V4.finditer(text)) else None


def is_address(written: str) -> bool:
    parts = [int(x) for x in written.split(".")]
    return max(parts) <= 255 and parts[0] not in (0, 127)


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
