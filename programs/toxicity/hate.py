import re

LABELS = {
    "hate": [
        "Hate",
        "hateful",
        "hate speech",
        "identity hate",
        "toxic",
        "haine",
        "discours de haine",
        "Hass",
        "Hassrede",
        "odio",
        "discurso de odio",
        "仇恨",
        "仇恨言论",
    ]
}
FIELD = "text"

GROUP = (
    r"(?:immigrants?|migrants?|refugees?|foreigners?|muslims?|jews?|christians?|blacks?|whites?|asians?|arabs?"
    r"|africans?|mexicans?"
    r"|chinese|indians?|gays?|lesbians?|homosexuals?|trans(?:gender)?s?(?: people)?|women|gypsies|roma)"
)
HATED = re.compile(
    r"\b(?:i (?:\w+ )?(?:hate|despise|can't stand)|death to|kill|deport|exterminate|get rid of|ban|down with)"
    r" (?:all |all the |every |those |these |the |you )*" + GROUP + r"\b"
    r"|\b(?:all |most |these |those |the |you )?" + GROUP + r" (?:are|should(?: all)? be|need to be|deserve to be"
    r"|must be)"
    r" (?:all |just |nothing but |like |like a |a |an )*(?:animals|vermin|rats|cockroaches|parasites|scum|filth"
    r"|trash|criminals"
    r"|terrorists|rapists|inferior|subhumans?|savages|disgusting|evil|disease|cancer|killed|shot|deported"
    r"|exterminated|gassed)\b"
    r"|\bgo back to (?:your (?:own )?(?:country|jungle|cave)|where you came from|africa|mexico|china|india)\b"
    r"|\b(?:white|aryan) (?:power|supremacy now)\b|\bsub-?humans?\b"
    r"|\bles (?:arabes|noirs|juifs|musulmans|étrangers|migrants"
    r"|gays) (?:sont (?:tous )?(?:des )?(?:rats|parasites|animaux|voleurs)"
    r"|dehors)|\brentre dans ton pays\b|\bausländer raus\b|\bgeh zurück in dein land\b"
    r"|\b(?:juden|moslems|ausländer|flüchtlinge|schwule) sind (?:alle )?(?:tiere|parasiten|abschaum|ungeziefer"
    r"|kriminelle)\b"
    r"|\b(?:vuelve|vete) a tu país\b|\bfuera (?:inmigrantes|moros|extranjeros)\b|滚回(?:你的国家|非洲|老家)"
    r"|劣等(?:民族|人种)"
)
REPORTED = re.compile(
    r"\b(?:they|he|she|people|somebody|someone|who) (?:say|said|says|claim(?:s|ed)?|shouted)\b|[\"“«]"
)


def label(task: dict) -> str | None:
    """Contempt or violence against people for what they are: a group called animals, vermin or criminals, told to
    go back or to be killed. What is quoted or reported of others is left out. It holds no list of slurs."""
    text = plain(task)
    return "hate" if HATED.search(text) and not REPORTED.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
