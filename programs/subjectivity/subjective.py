import re

LABELS = {
    "subjective": [
        "Subjective",
        "opinion",
        "opinionated",
        "subjectif",
        "subjektiv",
        "Meinung",
        "subjetivo",
        "opinión",
        "主观",
        "观点",
    ]
}
FIELD = "text"

OPINION = re.compile(
    r"\b(?:i (?:(?:really|honestly|just|still|personally|do|don't|didn't) )*(?:think|believe|feel|guess|suppose"
    r"|doubt|prefer|love|hate|wish|like)"
    r"|in my (?:humble )?(?:opinion|view|experience)|imo|imho|to be honest|tbh|personally|frankly|for my taste"
    r"|if you ask me"
    r"|(?:should|ought to) (?:really |never |be |have )?(?:ashamed|banned|proud|stop)"
    r"|what a (?:\w+ )?(?:shame|joke|disgrace|film|book|day)"
    r"|à mon avis|selon moi|je (?:pense|crois|trouve|préfère|déteste)|j'(?:adore|aime)|personnellement"
    r"|meiner meinung nach|ich (?:finde|denke|glaube|meine|liebe|hasse)|für mich (?:ist|war)"
    r"|en mi opinión|(?:yo )?(?:creo|pienso|opino) que|me (?:parece|encanta|gusta)|a mi juicio)\b|我(?:觉得|认为"
    r"|喜欢|讨厌|个人)|在我看来"
)
REPORTED = re.compile(r"[\"“«]")


def label(task: dict) -> str | None:
    """The writer speaks of an own opinion or feeling: I think, in my opinion, personally, what a shame, and their
    like in French, German, Spanish and Chinese. Texts with quotations are left out: the opinion may be
    another's."""
    text = plain(task)
    return "subjective" if OPINION.search(text) and not REPORTED.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
