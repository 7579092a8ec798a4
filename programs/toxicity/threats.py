import re

LABELS = {
    "threat": [
        "Threat",
        "threatening",
        "threats",
        "toxic",
        "menace",
        "menaçant",
        "toxique",
        "Drohung",
        "Bedrohung",
        "toxisch",
        "amenaza",
        "tóxico",
        "威胁",
        "恐吓",
        "有毒",
    ]
}
FIELD = "text"

WILL = r"(?:i'll|i will|i'?m gonna|i am going to|i'm going to|we'll|we will|we're going to|some(?:one|body) should)"
HARM = r"(?:kill|murder|shoot|stab|strangle|beat|hurt|destroy|hunt|burn|smash|rape|hang|punch)"
THREAT = re.compile(
    r"\b" + WILL + r" (?:\w+ )?" + HARM + r" (?:you|u|your|him|her|them|every one of)(?! at\b| to\b| in\b)\b"
    r"|\b(?:hope|wish) (?:you|u|they|he|she) (?:\w+ )?(?:die|dies|died|burn|get (?:hit|shot|cancer|killed)|rot)\b"
    r"|\b(?:go )?(?:kill|hang) (?:yourself|yourselves|urself)\b|\bkys\b"
    r"|\byou(?:'re| are| will be) (?:a )?dead(?: man| meat)?\b"
    r"|\byou(?:'ll| will| are going to|'re going to) (?:die|pay for|regret|burn)\b"
    r"|\bi know where you (?:live|work|sleep)\b"
    r"|\bdeserves? to (?:die|be (?:shot|killed|hanged))\b"
    r"|\bje vais (?:te|vous|le|la|les) (?:tuer|buter|frapper|casser|crever)\b"
    r"|\bcrève\b|\bich (?:bringe?|mach|schlage?|töte|steche) (?:dich|euch|ihn|sie) (?:um|fertig|tot|kaputt|ab)\b"
    r"|\bich töte dich\b"
    r"|\b(?:te|os|los|lo) voy a (?:matar|reventar|partir|romper)\b|\bojalá te mueras\b"
    r"|(?:杀|弄死|打死|砍死|干掉|宰)(?:了)?(?:你|他|她|你们)|你(?:等死|死定了)|去死"
)


def label(task: dict) -> str | None:
    """Violence announced or wished to a person: "I will kill you", "hope you die", "I know where you live", and the
    like in French, German, Spanish and Chinese. "This will kill me" is no threat."""
    return "threat" if THREAT.search(plain(task)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
