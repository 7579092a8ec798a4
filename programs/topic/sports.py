import re

LABELS = {"sports": ["Sports", "sport", "deportes", "deporte", "体育", "运动"]}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:premier league|champions league|la liga|bundesliga|world cup|super bowl|grand slam|grand prix"
    r"|formula (?:1|one)"
    r"|olympics?|wimbledon|nba|nfl|nhl|mlb|fifa|uefa|midfielder|goalkeeper|quarterback|touchdowns?|home runs?"
    r"|hat[- ]trick"
    r"|playoffs?|semi-?finals?|quarter-?finals?|wickets?|batsman|innings|rebounds?|free throws?|offside|relegation)\b"
)
WEAK = re.compile(
    r"\b(?:match(?:es)?|games?|teams?|players?|coach(?:es)?|season|goals?|score[sd]?|league|cup|tournament"
    r"|championships?|champion"
    r"|stadium|defeat(?:ed|s)?|beat|injury|injured|referee|tennis|football|soccer|basketball|baseball|cricket"
    r"|rugby|golf|hockey"
    r"|athletes?|race|racing|medals?|title|victory|squad|striker|club|fans|finals?|round|penalty)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Sport: leagues, tournaments and matches are enough; of the words that other fields use too (goal, team,
    season, coach, score) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "sports"
    return "sports" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
