import re

LABELS = {"german": ["German", "de", "deu", "ger", "allemand", "Deutsch", "alemán", "德语", "德文"]}
FIELD = "text"

OWN = re.compile(
    r"\b(?:der|die|das|und|ist|nicht|ein|eine|einen|ich|wir|sie|mit|auf|für|von|den|dem|zu|im|auch|es|wie|wo|aber"
    r"|sind|war|haben|hat|wird|bei|noch|nach|über|zum)\b"
)
OTHERS = re.compile(r"\b(?:the|and|of|het|een|van|niet|le|les|el|los|ik|is)\b")
WORD = re.compile(r"[^\W\d_]+")


def label(task: dict) -> str | None:
    """Counts the small words of German and those of its neighbours. It is German when at least two different ones
    are found, they make up a sixth of all words, and they outnumber the neighbours' three to one."""
    text = plain(task)
    own = OWN.findall(text)
    enough = len(set(own)) >= 2 and len(own) * 6 >= len(WORD.findall(text))
    return "german" if enough and len(own) > 3 * len(OTHERS.findall(text)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
