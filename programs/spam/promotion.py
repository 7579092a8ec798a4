import re

LABELS = {
    "spam": [
        "Spam",
        "junk",
        "unsolicited",
        "advertising",
        "advertisement",
        "scam",
        "pourriel",
        "indésirable",
        "Werbung",
        "unerwünscht",
        "correo basura",
        "no deseado",
        "垃圾",
        "垃圾邮件",
        "垃圾短信",
        "垃圾评论",
        "广告",
    ]
}
FIELD = "text"

STRONG = re.compile(
    r"\b(?:limited[- ]time (?:offer|deal|only)|special (?:offer|promotion)|act now|order (?:now|today)|buy now"
    r"|click (?:here|below|the link)|100% free|free (?:trial|gift|sample|entry|access|ringtones?|quote)"
    r"|risk[- ]free|no obligation|money[- ]back guarantee|lowest prices?|make money|work from home"
    r"|lose weight|earn extra"
    r"|offre (?:spéciale|limitée|exclusive)|cliquez (?:ici|sur)|profitez[- ]en|essai gratuit|100 ?% gratuit"
    r"|(?:nur|jetzt) für kurze zeit|jetzt (?:kaufen|bestellen|zugreifen|sichern)|hier klicken|gratis testen"
    r"|oferta (?:especial|limitada|exclusiva)|haz clic|compra ahora|prueba gratis|gana dinero)\b"
    r"|限时(?:优惠|抢购|特价)|点击(?:链接|领取|这里)|免费(?:领取|试用|送)|立即(?:购买|抢购|注册)|日赚|兼职赚"
)
WEAK = re.compile(
    r"\b(?:free|offers?|deals?|discounts?|cheap(?:est)?|bargains?|guaranteed|exclusive|promo(?:tion)?|coupons?|bonus"
    r"|gratuit|promo|remise|rabatt|gratis|angebot|descuento|ofertas?|barato)\b|\b\d{1,3} ?% off\b|优惠|折扣|特价|促销"
)


def label(task: dict) -> str | None:
    """The stock phrases of an advertisement ("limited time offer", "click here", "buy now", "free trial") are spam;
    so are three different milder words of one (free, discount, bonus). English, French, German, Spanish,
    Chinese."""
    text = plain(task)
    if STRONG.search(text):
        return "spam"
    return "spam" if len(set(WEAK.findall(text))) >= 3 else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
