import re

LABELS = {
    "toxic": ["Toxic", "offensive", "abusive", "hate", "insult", "toxique", "toxisch", "tóxico", "有毒"],
    "not toxic": [
        "Not toxic",
        "non toxic",
        "nontoxic",
        "civil",
        "clean",
        "polite",
        "neither",
        "none",
        "normal",
        "not offensive",
        "not hate",
        "non toxique",
        "nicht toxisch",
        "no tóxico",
        "无毒",
        "正常",
        "文明",
    ],
}
FIELD = "text"

CIVIL = re.compile(
    r"\b(?:thanks?(?: you)?|please|i (?:respectfully |politely )?(?:agree|disagree|appreciate|understand)"
    r"|good (?:point|question"
    r"|job|work|luck|morning|evening)|well (?:said|done|written)|welcome|best regards|kind regards|could you"
    r"|would you mind"
    r"|congratulations|excuse me|in my opinion|i apologi[sz]e|sorry"
    r"|merci|s'il (?:vous|te) plaît|bonjour|cordialement|bravo|je suis d'accord|danke|bitte|guten (?:tag|morgen)"
    r"|freundliche grüsse"
    r"|gracias|por favor|buenos días|un saludo|estoy de acuerdo)\b|谢谢|请问|您好|感谢|抱歉"
)
ROUGH = re.compile(
    r"\b(?:idiots?|morons?|stupid|dumb|losers?|shut up|hate|kill|die|ass|asshole|bitch|damn|hell|crap|trash|scum"
    r"|pathetic"
    r"|disgusting|ugly|sucks?|f+u+c+k\w*|f[*]+\w*|sh[i*]t\w*|wtf|stfu|cunt|dick|con|connard|merde|nul|ta gueule"
    r"|idiote?n?"
    r"|arschloch|scheisse|mist|fresse|idiota|imbécil|mierda|puta|estúpid[oa]|tont[oa])\b|傻|滚|死|垃圾|妈的|笨蛋"
)


def label(task: dict) -> str | None:
    """Politeness: thanks, please, a greeting, a reasoned agreement or disagreement, in a text without any of the
    common rough words. "Thanks for nothing, idiot" says nothing here."""
    text = plain(task)
    return "not toxic" if CIVIL.search(text) and not ROUGH.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
