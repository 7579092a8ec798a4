import re

LABELS = {
    "helpful": [
        "Helpful",
        "useful",
        "helpful review",
        "high quality",
        "detailed",
        "informative",
        "utile",
        "hilfreich",
        "nützlich",
        "útil",
        "有用",
        "有帮助",
    ]
}
FIELD = "text"

REASON = re.compile(
    r"\b(?:because|since|although|however|except|unless|compared (?:to|with)|(?:pros|cons)"
    r"|on the (?:other hand|plus side|downside)"
    r"|the only (?:thing|problem|downside)|parce que|cependant|par rapport|weil|obwohl|allerdings|im vergleich"
    r"|porque|aunque"
    r"|sin embargo|comparado)\b|因为|但是|虽然|优点|缺点"
)
USE = re.compile(
    r"\b(?:after|for|used|use|tested|tried|bought|owned?|had)(?: \w+){0,5} (?:\d+|one|two|three|four|five|six"
    r"|a few|several)"
    r" (?:hours?|days?|weeks?|months?|years?|times)\b"
    r"|\b\d[\d.,]* ?(?:cm|mm|inch(?:es)?|kg|g|lbs?|hours?|gb|watts?|%|minutes?|euros?)\b"
    r"|\b(?:depuis|nach|seit|después de|durante) \w+ (?:mois|jours|ans|wochen|monaten?|tagen?|jahren?|meses|días"
    r"|años)\b|用了.{1,5}[天月年]"
)
LONG = 40


def label(task: dict) -> str | None:
    """A review of at least 40 words (or 80 Chinese characters) that gives reasons (because, however, compared with)
    and tells of use or measures (after two months, 30 cm). All three are needed."""
    text = plain(task)
    size = len(text.split()) + len(re.findall(r"[\u4e00-\u9fff]", text)) // 2
    return "helpful" if size >= LONG and REASON.search(text) and USE.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
