import re

LABELS = {
    "entertainment": [
        "Entertainment",
        "culture",
        "arts",
        "arts and entertainment",
        "showbiz",
        "celebrity",
        "divertissement",
        "Unterhaltung",
        "Kultur",
        "entretenimiento",
        "cultura",
        "娱乐",
        "文化",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:box office|hollywood|bollywood|oscars?|academy awards?|golden globes?|grammys?|emmys?"
    r"|cannes film festival|film festival"
    r"|netflix|disney\+|sitcoms?|soap opera|reality show|tv series|blockbuster|rock band|pop star|hip[- ]hop"
    r"|rapper|debut album"
    r"|movie trailer|co-?stars?|film director|screenplay|broadway|west end musical|billboard (?:chart|hot)"
    r"|red carpet|celebrit(?:y|ies))\b"
)
WEAK = re.compile(
    r"\b(?:films?|movies?|actors?|actress(?:es)?|singers?|albums?|songs?|concerts?|bands?|musicals?|show|shows|tv"
    r"|television|episode"
    r"|premiere[sd]?|star|starring|stars|director|comedy|drama|theatre|theater|novel|author|fans|tour|stage|museum"
    r"|exhibition"
    r"|role|cast|awards?|studio|guitar|lyrics|chart|audience)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Entertainment: films, music, television and their prizes are enough; of the milder words (actor, album, show,
    star) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "entertainment"
    return "entertainment" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
