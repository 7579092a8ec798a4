"""The settings: one frozen table, read once from the environment. Nothing else reads it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import platformdirs

from alchemist.core.editions import MARK, WITHHOLD
from alchemist.core.errors import BadInput, BadSetting
from alchemist.core.overrides import ASK_FOR, CHECKS, COMBINERS, KEEP, WAYS


def _setting(variable: str, default: Any, says: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"variable": variable, "says": says, "secret": secret})


@dataclass(frozen=True)
class Settings:
    """What can be set, each with its environment variable and a sentence."""

    home: Path = _setting(
        "ALCHEMIST_HOME", Path(platformdirs.user_data_dir("alchemist")), "Folder for everything that is kept."
    )
    host: str = _setting("ALCHEMIST_HOST", "0.0.0.0", "Address that the server listens on.")
    port: int = _setting("ALCHEMIST_PORT", 9090, "Port that the server listens on.")
    public_url: str = _setting(
        "ALCHEMIST_PUBLIC_URL", "", "URL by which Label Studio reaches this server; `connect` registers it."
    )
    database_url: str = _setting(
        "ALCHEMIST_DATABASE_URL", "", "SQLAlchemy URL of the database; empty = SQLite in the home folder.", secret=True
    )
    programs: str = _setting(
        "ALCHEMIST_PROGRAMS", "", "Folder of programs for every project whose labels fit; as serve --programs."
    )
    writer: str = _setting(
        "ALCHEMIST_WRITER", "auto", "Who writes programs: llm, offline, or auto = llm where OPENAI_API_KEY is set."
    )
    llm: str = _setting("ALCHEMIST_LLM", "gpt-5-mini", "Language model that writes programs.")
    way: str = _setting(
        "ALCHEMIST_WAY",
        "direct",
        "How a language model writes: direct, knowledge (it is asked first what it knows), or documents (it gets "
        "passages of what `documents add` was given).",
    )
    ask_for: int = _setting(
        "ALCHEMIST_ASK_FOR", 20, "How many programs a language model is asked for at first; the best are kept."
    )
    openai_api_key: str = _setting("OPENAI_API_KEY", "", "Key for the language model.", secret=True)
    openai_base_url: str = _setting("OPENAI_BASE_URL", "", "Any OpenAI-compatible endpoint; empty = OpenAI's own.")
    llm_price: str = _setting(
        "ALCHEMIST_LLM_PRICE",
        "",
        'Its US dollars per million tokens, "in/out" or "in/cached/out"; empty = what genai-prices says; 0/0 = free.',
    )
    cheap_llm: str = _setting(
        "ALCHEMIST_CHEAP_LLM", "gpt-5-nano", "Cheap language model that `cost` compares with asking for every task."
    )
    budget_usd: str = _setting(
        "ALCHEMIST_BUDGET_USD", "", "US dollars that workers may spend on language models in all; empty = no limit."
    )
    fallback: str = _setting(
        "ALCHEMIST_FALLBACK", "0", "Share of tasks, the least certain, that the language model answers: 0 to 0.5."
    )
    combiner: str = _setting(
        "ALCHEMIST_COMBINER", "auto", "How votes are combined: snorkel, majority, or auto = by the corrections, if any."
    )
    threshold: str = _setting(
        "ALCHEMIST_THRESHOLD",
        "0",
        "Answers with a lower score (0 to 1) are withheld or marked; 0 = none.",
    )
    below: str = _setting(
        "ALCHEMIST_BELOW", "withhold", "What becomes of answers below the threshold: withhold, or mark."
    )
    keep_programs: int = _setting(
        "ALCHEMIST_KEEP_PROGRAMS", 20, "How many programs vote on a question at most: those that add most are chosen."
    )
    keep_editions: int = _setting(
        "ALCHEMIST_KEEP_EDITIONS", 2, "How many editions' predictions stay in Label Studio; older ones go slowly."
    )
    sweep_minutes: int = _setting(
        "ALCHEMIST_SWEEP_MINUTES", 10, "How often every project is read through the API, in case an event was lost."
    )
    seed: int = _setting("ALCHEMIST_SEED", 0, "Seed of every random step, and of the ties between labels.")
    log_level: str = _setting("ALCHEMIST_LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.")
    label_studio_url: str = _setting(
        "LABEL_STUDIO_URL", "", "Label Studio's address; empty = the one it names itself when it connects."
    )
    label_studio_api_key: str = _setting(
        "LABEL_STUDIO_API_KEY",
        "",
        "Legacy token or personal access token; empty = the one that Label Studio sends when it connects.",
        secret=True,
    )

    redis_url: str = _setting(
        "REDIS_URL", "", "Redis that hands jobs to workers through RQ; empty = workers look by themselves.", secret=True
    )
    basic_auth_user: str = _setting("BASIC_AUTH_USER", "", "User that every request but /health must name.")
    basic_auth_pass: str = _setting("BASIC_AUTH_PASS", "", "That user's password.", secret=True)

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.home / 'alchemist.sqlite3'}"

    def writes_with(self, asked: str | None = None) -> Literal["llm", "offline"]:
        """The writer that is asked for by this name, or that ALCHEMIST_WRITER asks for where none is given.

        `auto` is a language model where there is a key for one. Raises `BadInput` for a name that is no writer's.
        """
        name = asked or self.writer
        if name == "auto":
            name = "llm" if self.openai_api_key else "offline"
        if name == "llm":
            return "llm"
        if name == "offline":
            return "offline"
        raise BadInput(f"there is no writer {name!r}", "Choose llm, offline or auto.")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of an environment. Raises `BadSetting`, naming the variable."""
    given = {
        x.name: _value(x.metadata["variable"], environment[x.metadata["variable"]].strip(), x.default)
        for x in fields(Settings)
        if environment.get(x.metadata["variable"], "").strip()
    }
    settings = Settings(**given)
    _check(settings)
    return settings


def inherited(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with some variables set, for a child process."""
    return {**os.environ, **extra}


def written(settings: Settings) -> dict[str, str]:
    """The settings as environment variables; empty ones are left out."""
    own = {x.metadata["variable"]: str(getattr(settings, x.name)) for x in fields(Settings)}
    return {name: value for name, value in own.items() if value}


def _value(variable: str, written: str, default: Any) -> Any:
    if isinstance(default, int):
        try:
            return int(written)
        except ValueError as error:
            raise BadSetting(f"{variable} is {written!r}, expected a whole number") from error
    return Path(written).expanduser().absolute() if isinstance(default, Path) else written


def _check(settings: Settings) -> None:
    def must(good: bool, variable: str, expected: str) -> None:
        if not good:
            raise BadSetting(f"{variable} is not usable: expected {expected}")

    must(0 < settings.port < 65536, "ALCHEMIST_PORT", "1 to 65535")
    must(settings.combiner in COMBINERS, "ALCHEMIST_COMBINER", "snorkel, majority or auto")
    must(settings.writer in ("auto", "llm", "offline"), "ALCHEMIST_WRITER", "auto, llm or offline")
    must(settings.way in WAYS, "ALCHEMIST_WAY", "direct, knowledge or documents")
    must(settings.ask_for in ASK_FOR, "ALCHEMIST_ASK_FOR", f"{ASK_FOR[0]} to {ASK_FOR[-1]}")
    must(settings.keep_programs in KEEP, "ALCHEMIST_KEEP_PROGRAMS", f"{KEEP[0]} to {KEEP[-1]}")
    both = bool(settings.basic_auth_user) == bool(settings.basic_auth_pass)
    must(both, "BASIC_AUTH_USER", "BASIC_AUTH_USER and BASIC_AUTH_PASS together, or neither")
    must(settings.below in (WITHHOLD, MARK), "ALCHEMIST_BELOW", "withhold or mark")
    must(settings.keep_editions >= 1, "ALCHEMIST_KEEP_EDITIONS", "1 or more")
    must(settings.sweep_minutes >= 1, "ALCHEMIST_SWEEP_MINUTES", "1 or more")
    must(settings.seed >= 0, "ALCHEMIST_SEED", "0 or more")
    must(settings.log_level.upper() in ("DEBUG", "INFO", "WARNING", "ERROR"), "ALCHEMIST_LOG_LEVEL", "a level")
    for name, check in CHECKS.items():
        variable = next(x.metadata["variable"] for x in fields(settings) if x.name == name)
        try:
            check(getattr(settings, name))
        except BadSetting as error:
            raise BadSetting(f"{variable}: {error.message}", error.hint) from error
    for name in ("label_studio_url", "public_url", "openai_base_url"):
        variable = next(x.metadata["variable"] for x in fields(settings) if x.name == name)
        url = getattr(settings, name)
        must(not url or _scheme(url) in ("http", "https"), variable, "a URL with http:// or https://")
    redis = not settings.redis_url or _scheme(settings.redis_url) in ("redis", "rediss", "unix")
    must(redis, "REDIS_URL", "a URL with redis://, rediss:// or unix://")


def _scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
        return parts.scheme if (parts.port or 0) >= 0 else ""
    except ValueError:  # the port is not a number
        return ""
