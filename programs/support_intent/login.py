import re

LABELS = {
    "login": [
        "Login",
        "log in",
        "sign in",
        "account access",
        "password",
        "password reset",
        "reset password",
        "login issue",
        "login problem",
        "connexion",
        "mot de passe",
        "Anmeldung",
        "Passwort",
        "inicio de sesión",
        "contraseña",
        "登录",
        "密码",
    ]
}
FIELD = "text"

LOGIN = re.compile(
    r"\b(?:(?:can't|cannot|can not|couldn't|unable to|not able to|won't let me|trouble|problems?|doesn't let me|not)"
    r" (?:to )?(?:log(?:ging)?|sign(?:ing)?)[ -]?(?:in|on|into)"
    r"|(?:forgot(?:ten)?|lost|reset(?:ting)?|recover|change|wrong|invalid|incorrect)"
    r" (?:my |the |your |a )?(?:password|passcode|pin|username|login)|password reset|locked out"
    r"|account (?:is |was |got |has been )?locked"
    r"|(?:verification|2fa|authentication|security) code"
    r"|mot de passe (?:oublié|perdu|incorrect)|oublié (?:mon|le) mot de passe"
    r"|(?:pas|impossible de|peux plus) (?:me )?connecter"
    r"|passwort (?:\w+ )?(?:vergessen|zurücksetzen|falsch)|(?:nicht|mehr) (?:einloggen|anmelden)"
    r"|(?:olvid(?:é|ado)|restablecer|perdí|cambiar)(?: \w+)? contraseña|no puedo (?:iniciar sesión|entrar|acceder))\b"
    r"|(?:忘记|忘了|重置|修改)(?:了)?密码|密码(?:错误|忘|不对)|登(?:录)?不(?:上|了)|无法登录|登录(?:失败|不)"
    r"|收不到验证码"
)


def label(task: dict) -> str | None:
    """A customer cannot get into the account: cannot log in, forgot or resets the password, is locked out, misses a
    verification code. English, French, German, Spanish and Chinese."""
    return "login" if LOGIN.search(plain(task)) else None


def plain(task: dict) -> str:
    text = task.get(FIELD)
    return " ".join(text[:10_000].casefold().replace("’", "'").split()) if isinstance(text, str) else ""
