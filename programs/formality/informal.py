import re

LABELS = {
    "informal": [
        "Informal",
        "casual",
        "colloquial",
        "slang",
        "familier",
        "informel",
        "umgangssprachlich",
        "informell",
        "coloquial",
        "非正式",
        "口语",
    ]
}
FIELD = "text"

CASUAL = re.compile(
    r"\b(?:lol|lmao|rofl|omg|wtf|idk|btw|imo|imho|tbh|brb|thx|pls|plz|gonna|wanna|gotta|kinda|sorta|lemme|gimme"
    r"|dunno|ain't|y'all"
    r"|yeah|yep|nope|nah|hey|dude|bro|guys|cool|awesome|haha+|hehe+|ur|u|r|cuz|coz|ya|yo|sup|mdr|ptdr|slt|stp"
    r"|ouais|mec|coucou"
    r"|moin|krass|geil|nö|jo|hab|jaja+|tío|guay|vale|xd)\b|哈哈|呵呵|嘿|咱|啥|咋|233+"
)
DRAWN_OUT = re.compile(r"[!?]{2,}|([a-z])\1{3,}|\.{4,}|[:;]-?[)D(P]|[😀-🙏]")


def label(task: dict) -> str | None:
    """Slang, chat abbreviations, laughter and spoken forms ("gonna", "idk", "haha"), doubled exclamation marks,
    drawn-out letters ("sooooo") and faces. Two different signs are needed."""
    text = plain(task)
    signs = len(set(CASUAL.findall(text))) + len({match.group(0) for match in DRAWN_OUT.finditer(text)})
    return "informal" if signs >= 2 else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
