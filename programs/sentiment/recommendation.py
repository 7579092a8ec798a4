import re

LABELS = {
    "positive": ["Positive", "pos", "good", "favorable", "positif", "positiv", "positivo", "正面", "积极", "好评"],
    "negative": ["Negative", "neg", "bad", "unfavorable", "négatif", "negativ", "negativo", "负面", "消极", "差评"],
}
FIELD = "text"

FOR = re.compile(
    r"\b(?:(?:highly|definitely|strongly|fully|would|can) recommend(?:ed)?|can(?:no|')t recommend .{1,30} enough"
    r"|must[- ](?:see|read|have|buy)|worth every"
    r"|(?:will|would|i'll) (?:definitely |certainly )?(?:buy|come|go|order|visit|be) (?:it )?(?:back|again)"
    r"|je (?:le |la |vous )?(?:le )?recommande|à recommander|klare (?:kauf)?empfehlung|(?:sehr|nur) (?:zu )?empfehlen"
    r"|gerne wieder|(?:muy|totalmente) recomendable|l[oa] recomiendo|volver[ée] (?:seguro|sin duda))\b"
    r"|强烈推荐|值得(?:购买|推荐|一看)|会再来|回购"
)
AGAINST = re.compile(
    r"\b(?:(?:not|never|don't|wouldn't|cannot|can't) (?:\w+ )?recommend(?! .{0,30}\benough)|not recommended"
    r"|not worth|waste of (?:time|money)"
    r"|avoid (?:this|it|at all|like)|stay away|save your money|(?:never|won't be|not) (?:\w+ ){0,2}(?:back|again)"
    r"|want(?:ed)? my money back|à (?:éviter|fuir)|(?:ne|pas) (?:\w+ )?recommande|perte de temps|plus jamais"
    r"|nie wieder|nicht (?:\w+ )?(?:weiter)?empfehlen|finger weg|geldverschwendung|zeitverschwendung"
    r"|no (?:lo |la )?recomiendo|nunca más|pérdida de (?:tiempo|dinero)|no vale la pena)\b"
    r"|不推荐|千万别买|不会再来|别买|浪费(?:钱|时间)|不值得"
)


def label(task: dict) -> str | None:
    """What the writer advises or means to do: recommend, buy again, come back; or avoid, never again, waste of
    money. Advice against outweighs advice for. English, French, German, Spanish and Chinese."""
    text = plain(task)
    if AGAINST.search(text):
        return "negative"
    return "positive" if FOR.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
