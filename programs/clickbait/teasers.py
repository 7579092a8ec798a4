import re

LABELS = {
    "clickbait": [
        "Clickbait",
        "click bait",
        "baiting",
        "teaser",
        "sensational",
        "piège à clics",
        "putaclic",
        "Klickköder",
        "ciberanzuelo",
        "标题党",
    ]
}
FIELD = "text"

TEASER = re.compile(
    r"\b(?:you (?:won't|will not|'ll never|will never) (?:believe|guess|forget)|what happen(?:s|ed) next"
    r"|(?:will|can) blow your mind"
    r"|(?:doctors|dentists|experts|banks) (?:hate|don't want)"
    r"|this (?:one |simple |weird |little )+(?:trick|thing|tip|hack|secret|photo)"
    r"|(?:the )?(?:reason|truth|secret) (?:why )?(?:will|may|nobody|no one|they don't)|things (?:you|only|that|every)"
    r"|reasons (?:why|you|to|that)|signs (?:you|that|your)"
    r"|(?:will|that) (?:make you|melt your|restore your|break your)"
    r"|can you (?:guess|spot|pass)|(?:which|what) .{3,60} are you\b|we (?:bet|dare) you|everyone is talking about"
    r"|gone wrong"
    r"|vous n'allez pas (?:le )?croire|ce qui (?:arrive|se passe) ensuite|du wirst nicht glauben"
    r"|was dann (?:geschah|passierte)"
    r"|no (?:vas a|podrás) creer|lo que (?:pasó|ocurrió) después)\b|震惊|你绝对想不到|看完(?:惊呆|哭了)|不转不是"
)
LISTED = re.compile(
    r"^(?:the |these |here are |top )*\d{1,3} (?:\w+ ){0,4}?(?:things|reasons|ways|signs|facts|tips|photos|tweets"
    r"|times|secrets|hacks)\b"
)


def label(task: dict) -> str | None:
    """A headline that holds back what it promises: "you won't believe", "what happened next", "this one trick",
    quizzes about the reader, and lists that open with a number ("17 things ..."). Some phrases in French,
    German, Spanish and Chinese."""
    text = plain(task)
    return "clickbait" if TEASER.search(text) or LISTED.search(text) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
