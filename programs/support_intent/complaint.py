import re

LABELS = {
    "complaint": [
        "Complaint",
        "complain",
        "complaints",
        "dissatisfaction",
        "negative feedback",
        "grievance",
        "plainte",
        "réclamation",
        "Beschwerde",
        "Reklamation",
        "queja",
        "reclamación",
        "投诉",
        "抱怨",
    ]
}
FIELD = "text"

COMPLAINT = re.compile(
    r"\b(?:(?:file|make|lodge|submit|raise|register|formal|official|want to|wish to|have a) (?:a |an |this "
    r"|formal |my )*complain(?:t|ts)?"
    r"|complain(?:ing)? about|unacceptable|not acceptable|fed up|sick of|tired of (?:wait|call|this)|outrageous"
    r"|disgrace(?:ful)?"
    r"|(?:worst|terrible|horrible|awful|appalling|poor|rude|shocking) (?:customer )?(?:service|support|experience"
    r"|staff|treatment)"
    r"|very (?:disappointed|unhappy|upset|dissatisfied)|extremely (?:disappointed|unhappy|frustrated)"
    r"|speak to (?:a|your) manager"
    r"|inacceptable|inadmissible|réclamation|porter plainte|très (?:déçue?|mécontente?)"
    r"|c'est (?:honteux|scandaleux|une honte)"
    r"|beschwer(?:de|en|e)|reklamation|reklamieren|unverschämt(?:heit)?|frechheit"
    r"|(?:sehr|total) (?:enttäuscht|verärgert|unzufrieden)"
    r"|queja(?:s|rme)?|reclamación|inaceptable|una vergüenza|muy (?:decepcionad[oa]|molest[oa]|insatisfech[oa]))\b"
    r"|投诉|太过分|无法接受|非常(?:失望|不满)|服务(?:态度)?(?:太|很)差"
)
NOT = re.compile(
    r"\b(?:no|nothing|any|without|not|can't|cannot|never|sans|keine?|sin|ninguna)(?: \w+)? (?:complain(?:ts?)?"
    r"|réclamation|beschwerden?|queja)\b|没(?:有)?投诉"
)


def label(task: dict) -> str | None:
    """A complaint, by its name or by its tone: unacceptable, worst service, fed up, very disappointed, speak to a
    manager, and their like in French, German, Spanish and Chinese. "No complaints" does not count."""
    text = plain(task)
    return "complaint" if COMPLAINT.search(text) and not NOT.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
