import re

LABELS = {"entity": ["Entity", "enty", "thing", "object", "entité", "Entität", "Ding", "entidad", "实体", "事物"]}
FIELD = "text"

THING = re.compile(
    r"\b(?:what|which|name (?:the|a|an|one|some))(?: (?:is|was|are|were|kind of|kinds of|type of|types of|sort of"
    r"|breed of))*"
    r"(?: the| an?)?(?: [\w'-]+){0,2} (?:animals?|birds?|dogs?|fish|colou?rs?|foods?|fruits?|vegetables?|drinks?"
    r"|sports?|games?"
    r"|languages?|instruments?|plants?|trees?|flowers?|diseases?|films?|movies?|books?|novels?|songs?|words?"
    r"|substances?"
    r"|metals?|gas(?:es)?|currency|currencies|religions?|vehicles?|cars?|ships?|products?|brands?|letters?"
    r"|symbols?|products?"
    r"|elements?|techniques?|organs?|bones?|drugs?|weapons?|inventions?|events?|wars?|holidays?)\b"
    r"|^quel(?:le)?s? (?:animal|couleur|langue|film|livre)|^welche[rsn]? (?:tier|farbe|sprache|film|buch)"
    r"|^qué (?:animal|color|idioma|película|libro)|什么(?:动物|颜色|语言|书|电影)"
)
OTHER = re.compile(
    r"^(?:who|where|when|why|how)\b|\bnumber of\b|\bwhat (?:year|city|country|state|person|man|woman|day|date)\b"
    r"|\bmean\b"
    r"|\b(?:player|author|director|inventor|capital|population|cause|origin|definition|founder|year)\b"
)


def label(task: dict) -> str | None:
    """A question whose answer is a thing: which animal, colour, food, language, film, disease, instrument and so
    on. Questions for its author, year, number or cause are left out."""
    text = plain(task)
    return "entity" if THING.search(text) and not OTHER.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
