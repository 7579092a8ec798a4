import re

LABELS = {
    "positive": ["正面", "积极", "好评", "正向", "满意", "positive", "pos"],
    "negative": ["负面", "消极", "差评", "负向", "不满意", "negative", "neg"],
}
FIELD = "text"

NEGATION = r"(?:不是很|不太|并不|不怎么|没有|没那么|一点都不|一点也不|不算|不够|毫不|不|没|别)"
GOOD = re.compile(
    "("
    + NEGATION
    + r")?(?:很好|非常好|太好|好吃|好看|好用|好听|喜欢|满意|推荐|优秀|完美|精彩|棒|不错|开心|高兴|漂亮|舒服|舒适"
    r"|实惠"
    r"|划算|热情|周到|惊喜|值得|方便|给力|点赞|物美价廉|性价比高|感动)"
)
BAD = re.compile(
    "("
    + NEGATION
    + r")?(?:很差|太差|差劲|糟糕|难吃|难看|难用|难听|讨厌|失望|垃圾|恶心|无聊|坏了|坑人|骗人|骗子|后悔|浪费|破损"
    r"|劣质|最差"
    r"|脏乱|太慢|很慢|敷衍|冷漠|气愤|上当|不值|不好|不行|不舒服|不喜欢|不满意|不推荐)"
)


def label(task: dict) -> str | None:
    """Counts Chinese words of praise and of blame. A negation right before turns praise into blame, and takes back
    blame. The larger side wins; a tie is an abstention."""
    text = plain(task)
    praise, _ = counted(GOOD, text)
    blame, not_blame = counted(BAD, text)
    doubtful = sum(1 for x in GOOD.finditer(text) if x.group(1) and not BAD.search(x.group(0)))
    balance = praise - doubtful - blame + not_blame / 2
    if not balance:
        return None
    return "positive" if balance > 0 else "negative"


def counted(pattern: re.Pattern, text: str) -> tuple[int, int]:
    negated = [match.group(1) is not None for match in pattern.finditer(text)]
    return negated.count(False), negated.count(True)


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
