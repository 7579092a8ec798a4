import re

LABELS = {
    "technology": [
        "Technology",
        "tech",
        "technologies",
        "sci tech",
        "scitech",
        "science and technology",
        "technologie",
        "Technik",
        "tecnología",
        "科技",
        "技术",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:artificial intelligence|machine learning|operating system|open[- ]source|source code|smartphones?"
    r"|semiconductors?"
    r"|microprocessors?|broadband|wi-?fi|cyber ?security|malware|spyware|computer virus|search engine|web browser"
    r"|algorithm"
    r"|cloud computing|robots?|robotics|software|linux|blockchain|supercomputer|touch ?screen|data cent(?:er|re)"
    r"|hackers?"
    r"|video game consoles?|file[- ]sharing|chipmaker|graphics card|5g)\b"
)
WEAK = re.compile(
    r"\b(?:computers?|computing|internet|online|data|digital|servers?|web|websites?|chips?|apps?|devices?|mobile"
    r"|wireless"
    r"|users?|technology|tech|launch(?:ed)?|network|download|pc|google|microsoft|apple|intel|ibm|gadgets?|phones?"
    r"|battery"
    r"|video games?|electronic|screen|e-?mail)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Technology: software, devices, networks and their security are enough; of the milder words (computer, app,
    online, launch) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "technology"
    return "technology" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
