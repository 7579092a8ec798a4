import re

LABELS = {
    "not urgent": [
        "Not urgent",
        "non urgent",
        "low priority",
        "low urgency",
        "no urgency",
        "pas urgent",
        "priorité basse",
        "nicht dringend",
        "niedrige Priorität",
        "no urgente",
        "prioridad baja",
        "不紧急",
        "低优先级",
    ]
}
FIELD = "text"

NO_HURRY = re.compile(
    r"\b(?:no (?:rush|hurry|pressure|urgency|emergency)|not (?:\w+ )?urgent|isn't urgent|nothing urgent"
    r"|non[- ]urgent|low priority"
    r"|take your time|whenever (?:you|it|is|possible|convenient)"
    r"|when(?:ever)? you (?:get a chance|have (?:time|a moment))"
    r"|at your (?:convenience|leisure)|just (?:wondering|curious)|(?:can|could) wait|nice to have|some ?day"
    r"|in your own time"
    r"|pas (?:d'urgence|urgent|pressée?)|rien d'urgent|quand vous (?:pouvez|aurez le temps)|prenez votre temps"
    r"|par curiosité"
    r"|nicht (?:\w+ )?(?:dringend|eilig)|keine eile|eilt nicht|wenn sie zeit haben|bei gelegenheit"
    r"|nur so aus interesse"
    r"|no (?:es|corre|hay) (?:urgente|prisa)|sin prisa|cuando (?:pueda|puedas|tenga tiempo)|por curiosidad)\b"
    r"|不(?:着急|急|紧急)|慢慢来|有空(?:再|的时候)|方便的时候"
)
BUT = re.compile(r"\b(?:can't|cannot|couldn't|can not|won't) wait\b|\b(?:asap|immediately|this is urgent)\b")


def label(task: dict) -> str | None:
    """The writer says that it can wait: no rush, whenever you can, just wondering, low priority, and their like in
    French, German, Spanish and Chinese. "Can't wait" is the opposite and is left out."""
    text = plain(task)
    return "not urgent" if NO_HURRY.search(text) and not BUT.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
