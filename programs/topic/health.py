import re

LABELS = {
    "health": [
        "Health",
        "medicine",
        "medical",
        "healthcare",
        "santé",
        "médecine",
        "Gesundheit",
        "Medizin",
        "salud",
        "medicina",
        "健康",
        "医疗",
        "医学",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:vaccin(?:e|es|ation|ated)|clinical trials?|diabetes|cancer|alzheimer'?s|hiv|aids virus|influenza"
    r"|flu shot|covid(?:-19)?"
    r"|coronavirus|pandemic|epidemic|antibiotics?|blood pressure|cholesterol|heart (?:disease|attack)"
    r"|strokes? patients?|obesity"
    r"|surgeons?|surgery|chemotherapy|tumou?rs?|mental health|world health organi[sz]ation|public health|asthma"
    r"|malaria|measles"
    r"|prescription drugs?|side effects?|insulin|dementia|pregnan(?:t|cy))\b"
)
WEAK = re.compile(
    r"\b(?:doctors?|patients?|hospitals?|nurses?|treatments?|disease|diseases|symptoms?|diet|drugs?|medicines?"
    r"|infections?|virus"
    r"|diagnos(?:is|ed)|therapy|clinic|risk|pain|sleep|exercise|weight|blood|heart|brain|medical|healthy|health"
    r"|illness|pills?"
    r"|vitamins?|immune|doses?|outbreak)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Health: diseases, drugs, vaccines, patients in hospital are enough; of the milder words (doctor, diet,
    treatment, risk) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "health"
    return "health" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
