import re

LABELS = {
    "positive": ["Positive", "pos", "good", "favorable", "favourable", "happy", "praise"],
    "negative": ["Negative", "neg", "bad", "unfavorable", "unfavourable", "unhappy", "criticism"],
}
FIELD = "text"

NEGATION = (
    r"\b(?!never (?:been )?(?:so|more)\b)(?:not|no|never|nothing|hardly|barely|without|cannot|can't|don't|doesn't"
    r"|didn't|isn't|wasn't|aren't|weren't|won't"
    r"|wouldn't|couldn't|ain't) (?:\w+ ){0,2}?"
)
GOOD = re.compile(
    "(" + NEGATION + r")?\b(?:good|great|excellent|amazing|awesome|wonderful|fantastic|superb|brilliant|outstanding"
    r"|perfect"
    r"|perfectly|lovely|love[ds]?|loving|enjoy(?:ed|s|able)?|delicious|delightful|beautiful|impressive|impressed"
    r"|helpful"
    r"|friendly|pleasant|pleased|satisfied|happy|glad|best|nice|comfortable|charming|flawless|terrific|stunning)\b"
)
BAD = re.compile(
    "("
    + NEGATION
    + r")?\b(?:bad|badly|terrible|awful|horrible|worst|worse|poor|poorly|disappoint(?:ed|ing|ment|s)|boring"
    r"|hate[ds]?"
    r"|useless|waste[d]?|broken|broke|dirty|rude|slow|annoying|ugly|cheaply|mediocre|overpriced|disgusting"
    r"|dreadful|lousy"
    r"|pathetic|unusable|unhappy|dissatisfied|fails?|failed|garbage|rubbish|regret|ridiculous|uncomfortable"
    r"|defective)\b"
)


def label(task: dict) -> str | None:
    """Counts English words of praise and of blame. A negation at most two words before turns praise into blame, and
    takes back blame ("not bad" counts half as praise). The larger side wins; a tie is an abstention."""
    text = plain(task)
    praise, not_praise = counted(GOOD, text)
    blame, not_blame = counted(BAD, text)
    balance = praise - not_praise - blame + not_blame / 2
    if not balance:
        return None
    return "positive" if balance > 0 else "negative"


def counted(pattern: re.Pattern, text: str) -> tuple[int, int]:
    negated = [match.group(1) is not None for match in pattern.finditer(text)]
    return negated.count(False), negated.count(True)


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
