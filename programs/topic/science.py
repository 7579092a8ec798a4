import re

LABELS = {
    "science": [
        "Science",
        "sciences",
        "scientific",
        "sci tech",
        "scitech",
        "science and technology",
        "Wissenschaft",
        "ciencia",
        "科学",
        "科技",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:nasa|spacecraft|space (?:station|shuttle|probe)|telescope|asteroids?|comets?|galax(?:y|ies)"
    r"|black holes?|genomes?|dna"
    r"|fossils?|dinosaurs?|physicists?|astronomers?|biologists?|chemists?|archaeologists?|pal(?:a)?eontologists?"
    r"|quantum"
    r"|subatomic|stem cells?|nanotechnology|evolutionary|neuroscience|greenhouse gas(?:es)?"
    r"|nobel prize in (?:physics|chemistry)"
    r"|peer[- ]reviewed|journal nature|solar system|milky way)\b"
)
WEAK = re.compile(
    r"\b(?:scientists?|researchers?|study|studies|discover(?:ed|y|ies)|experiments?|laborator(?:y|ies)|rocket|moon"
    r"|mars|orbit"
    r"|planets?|species|climate|energy|research|theory|professor|cells?|genes?|molecules?|atoms?|bacteria|ocean"
    r"|ancient"
    r"|evidence|satellites?|earth|university|mission)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Science: space, physics, biology and climate research are enough; of the milder words (scientists, study,
    species, moon) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "science"
    return "science" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
