import re

LABELS = {
    "person": [
        "Person",
        "who",
        "human",
        "hum",
        "people",
        "person or group",
        "human being",
        "personne",
        "Person oder Gruppe",
        "persona",
        "人物",
        "人",
    ]
}
FIELD = "text"

PERSON = re.compile(
    r"^(?:and |so |but )?(?:who|whom|whose|who's)\b"
    r"|\b(?:what|which|name (?:the|a|an))(?: (?:is|was|are|were))?(?: the)?(?: name of the)?(?: \w+){0,3} (?:actor"
    r"|actress|author"
    r"|president|king|queen|singer|inventor|scientist|person|man|woman|player|leader|director|composer|painter"
    r"|writer|artist"
    r"|astronaut|explorer|general|emperor|pope|minister|founder|team|company|band|organi[sz]ation)\b"
    r"|^(?:qui|à qui|wer|wem|wen|quién|quiénes)\b|谁|哪位"
)
OTHER = re.compile(
    r"^(?:how|where|when|why)\b|\b(?:years?|date|population|height|number|length|nickname|definition) of\b"
    r"|name of the \w+ that"
)


def label(task: dict) -> str | None:
    """A question whose answer is a person or a group: it opens with "who" or "whose" (qui, wer, quién, 谁), or asks
    which actor, king, inventor, company and so on."""
    text = plain(task)
    return "person" if PERSON.search(text) and not OTHER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
