import re

LABELS = {
    "business": [
        "Business",
        "economy",
        "economics",
        "finance",
        "business and finance",
        "économie",
        "Wirtschaft",
        "economía",
        "negocios",
        "商业",
        "财经",
        "经济",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:stock (?:market|exchange|price)s?|shares (?:fell|rose|of|in|were)|wall street|dow jones|nasdaq|s&p 500"
    r"|ftse|nikkei"
    r"|quarterly (?:earnings|results|profit|loss)|net (?:income|profit|loss)|interest rates?|federal reserve"
    r"|central bank"
    r"|inflation|gdp|takeover|mergers?|acquisitions?|ipo|initial public offering|shareholders?|bankruptcy|layoffs?"
    r"|oil prices"
    r"|trade deficit|venture capital|hedge funds?|bond yields|retail sales|crude oil|unemployment rate)\b"
)
WEAK = re.compile(
    r"\b(?:compan(?:y|ies)|profits?|sales|revenue|investors?|earnings|markets?|prices?|deal|billion|million|ceo"
    r"|executives?"
    r"|firms?|stocks?|bank(?:s|ing)?|economy|economic|industry|exports?|imports?|tariffs?|jobs|costs?|consumers?"
    r"|quarter|growth"
    r"|business|budget|tax(?:es)?|contracts?|dollar|euro|airlines?|manufacturer|retailer)\b"
)
ENOUGH = 3


def label(task: dict) -> str | None:
    """Business: shares, earnings, mergers, central banks and the like are enough; of the milder words (company,
    sales, price, deal) three different ones are needed. English."""
    text = plain(task)
    if STRONG.search(text):
        return "business"
    return "business" if len(set(WEAK.findall(text))) >= ENOUGH else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
