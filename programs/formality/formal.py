import re

LABELS = {"formal": ["Formal", "formel", "soutenu", "formell", "förmlich", "正式", "书面语"]}
FIELD = "text"

FORMAL = re.compile(
    r"\b(?:dear (?:sir|madam|mr|mrs|ms|dr|professor|colleagues?)|yours (?:sincerely|faithfully|truly)"
    r"|(?:kind|best) regards|sincerely"
    r"|i am writing to|(?:i|we) (?:would|should) (?:be grateful|appreciate)"
    r"|please (?:find|be advised|do not hesitate|note)"
    r"|pursuant to|in accordance with|with (?:respect|regard|reference) to|hereby|herewith|therein|thereof"
    r"|hereafter|notwithstanding"
    r"|furthermore|moreover|consequently|nevertheless|henceforth|we regret to inform|at your earliest convenience"
    r"|aforementioned"
    r"|veuillez agréer|je vous prie|madame, monsieur|dans l'attente de|cordialement|sehr geehrte[rn]?"
    r"|mit freundlichen grüssen"
    r"|hochachtungsvoll|hiermit|gemäss|estimad[oa]s?|atentamente|le saluda|por la presente|conforme a)\b"
    r"|尊敬的|此致|敬礼|特此|兹|贵(?:公司|方|单位)|敬请|承蒙"
)
CASUAL = re.compile(
    r"\b(?:lol|omg|gonna|wanna|gotta|kinda|dude|yeah|hey|haha\w*|idk|btw|u|ur|pls|plz)\b|[!?]{2,}|[😀-🙏]"
)


def label(task: dict) -> str | None:
    """The set phrases of letters, contracts and learned prose: "Dear Sir", "I am writing to", "pursuant to",
    "moreover", with their like in French, German, Spanish and Chinese, and no slang beside them."""
    text = plain(task)
    return "formal" if FORMAL.search(text) and not CASUAL.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
