import re

LABELS = {
    "thanks": [
        "Thanks",
        "thank you",
        "gratitude",
        "appreciation",
        "thank",
        "praise",
        "compliment",
        "remerciement",
        "merci",
        "Dank",
        "danke",
        "agradecimiento",
        "gracias",
        "感谢",
        "谢谢",
        "表扬",
    ]
}
FIELD = "text"

THANKS = re.compile(
    r"\b(?:thank(?:s| you| u)|thx|many thanks|much appreciated|(?:really|truly|greatly|do) appreciate|grateful"
    r"|kudos|you(?:'re| are) the best"
    r"|merci|je vous remercie|vielen dank|danke(?:schön)?|herzlichen dank|(?:muchas |mil )?gracias|agradezco"
    r"|agradecid[oa])\b|谢谢|感谢|多谢"
)
ASKS = re.compile(
    r"\?|\b(?:in advance|no thanks?|thanks for nothing|but|however|still|please|can you|could you|would you|need"
    r"|d'avance|im voraus"
    r"|pero|aber|mais|de antemano|bitte|por favor|s'il vous plaît)\b|请|但是|？"
)
SHORT = 30


def label(task: dict) -> str | None:
    """A short message (at most 30 words) that gives thanks and asks for nothing: no question, no "please", no
    "but", no "thanks in advance". English, French, German, Spanish and Chinese."""
    text = plain(task)
    return "thanks" if THANKS.search(text) and not ASKS.search(text) and len(text.split()) <= SHORT else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
