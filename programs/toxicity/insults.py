import re

LABELS = {
    "toxic": [
        "Toxic",
        "offensive",
        "abusive",
        "insult",
        "insulting",
        "toxicity",
        "toxique",
        "injurieux",
        "offensant",
        "toxisch",
        "beleidigend",
        "tóxico",
        "ofensivo",
        "有毒",
        "辱骂",
        "侮辱",
        "攻击性",
    ]
}
FIELD = "text"

NAMES = (
    r"(?:idiots?|morons?|imbeciles?|losers?|scum|scumbag|trash|clowns?|retard(?:ed|s)?|pathetic|stupid|dumb"
    r"|dumbass|worthless"
    r"|jackass|asshole|bitch|bastard|pig|cretin|disgusting|ignorant|braindead|coward|liar)"
)
DIRECT = re.compile(
    r"\b(?:you|u|you're|ur|your|he's|she's|they're)(?: people| guys| lot)?(?: are| r|'re| is)?(?: all| just"
    r"| really| such| so| a| an| the| one"
    r"| fucking| damn| absolute| complete| total| stupid| dumb| little| bunch of| fat| ugly"
    r"| pathetic){0,4} " + NAMES + r"\b"
)
OTHERS = re.compile(
    r"\b(?:shut (?:the \w+ )?up|go to hell|screw you|f+u+c+k (?:you|off)|piss off|nobody likes you|get lost|stfu|gtfo"
    r"|ta gueule|ferme[- ]la|va te faire"
    r"|(?:espèce de|sale|pauvre) (?:con(?:ne|nard|nasse)?|idiote?|débile|merde|type)|connard"
    r"|connasse|abrutie?|halt(?:'s| die| dein) (?:maul|fresse|klappe)"
    r"|(?:du|ihr|sie) (?:\w+ )?(?:idiot(?:en)?|arschloch"
    r"|vollidiot|depp|trottel|penner|wichser|hurensohn)|verpiss dich|c[aá]llate|(?:eres|eres un|eres una"
    r"|maldit[oa]|pedazo de)"
    r" (?:\w+ )?(?:idiota|imbécil|estúpid[oa]|tont[oa]|basura|mierda)|hij[oa] de puta|gilipollas|vete a la mierda)\b"
    r"|(?:你|他|她|你们)(?:这个|就是个?|真是个?|是个?)?(?:傻逼|白痴|蠢货|废物|混蛋|脑残|智障|垃圾|贱人|笨蛋)"
    r"|去死吧|滚开|闭嘴|王八蛋|他妈的"
)


def label(task: dict) -> str | None:
    """An insult said to somebody: "you are such a ...", "shut up", "espèce de ...", "du ...", "eres un ...". A word
    of abuse that nobody is called ("a stupid mistake of mine") does not count. Five languages."""
    text = plain(task)
    return "toxic" if DIRECT.search(text) or OTHERS.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
