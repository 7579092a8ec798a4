import re

LABELS = {
    "world": [
        "World",
        "world news",
        "international",
        "international news",
        "foreign affairs",
        "monde",
        "Welt",
        "Ausland",
        "mundo",
        "internacional",
        "国际",
        "世界",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:united nations|security council|european union|foreign minister|nato|cease-?fire"
    r"|peace (?:talks|process|deal)"
    r"|sanctions|nuclear (?:talks|weapons|programme|program)|suicide (?:bomb(?:er|ing)|attack)|insurgen(?:ts?|cy)"
    r"|militants?"
    r"|rebels|refugees|asylum seekers|military coup|embassy|ambassador|kremlin|gaza|west bank|taliban|al[- ]qaeda"
    r"|hostages?"
    r"|peacekeepers?|air ?strikes?|car bomb|humanitarian aid|war crimes|earthquake|death toll|prime minister of)\b"
)
WEAK = re.compile(
    r"\b(?:troops|soldiers|army|military|war|attack(?:s|ed)?|killed|bomb(?:s|ing)?|police|protest(?:s|ers)?|border"
    r"|treaty|crisis"
    r"|diplomats?|officials?|foreign|nations?|country|president|minister|government|violence|explosion|gunmen"
    r"|capital|region"
    r"|iraq|iran|israel|russia|china|ukraine|syria|afghanistan|pakistan|north korea|africa)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """World affairs: wars, treaties, diplomats, attacks and disasters abroad are enough; of the milder words
    (troops, border, killed, capital) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "world"
    return "world" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
