from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from alchemist.core.errors import BadInput, BadSetting
from alchemist.settings import Settings, inherited, read_settings, written

SET = {
    "ALCHEMIST_HOME": "/data",
    "ALCHEMIST_HOST": "127.0.0.1",
    "ALCHEMIST_PORT": "8000",
    "ALCHEMIST_PUBLIC_URL": "https://alchemist.example.org",
    "ALCHEMIST_DATABASE_URL": "postgresql+psycopg://u:p@db/alchemist",
    "ALCHEMIST_PROGRAMS": "/programs",
    "ALCHEMIST_WRITER": "offline",
    "ALCHEMIST_LLM": "a-model",
    "ALCHEMIST_WAY": "knowledge",
    "ALCHEMIST_ASK_FOR": "12",
    "OPENAI_API_KEY": "secret-1",
    "OPENAI_BASE_URL": "http://localhost:11434/v1",
    "ALCHEMIST_LLM_PRICE": "0.25/2.00",
    "ALCHEMIST_CHEAP_LLM": "another-model",
    "ALCHEMIST_BUDGET_USD": "12.50",
    "ALCHEMIST_FALLBACK": "0.1",
    "ALCHEMIST_COMBINER": "majority",
    "ALCHEMIST_THRESHOLD": "0.8",
    "ALCHEMIST_BELOW": "mark",
    "ALCHEMIST_KEEP_PROGRAMS": "12",
    "ALCHEMIST_KEEP_EDITIONS": "3",
    "ALCHEMIST_SWEEP_MINUTES": "5",
    "ALCHEMIST_SEED": "7",
    "ALCHEMIST_LOG_LEVEL": "debug",
    "LABEL_STUDIO_URL": "https://label.example.org/studio",
    "LABEL_STUDIO_API_KEY": "secret-2",
    "REDIS_URL": "redis://:secret-3@redis:6379/0",
    "BASIC_AUTH_USER": "ada",
    "BASIC_AUTH_PASS": "secret-4",
}
VARIABLES = {x.metadata["variable"]: x for x in fields(Settings)}


def test_an_empty_environment_gives_the_defaults():
    settings = read_settings({})
    assert settings == Settings()
    assert (settings.host, settings.port) == ("0.0.0.0", 9090)
    assert (settings.combiner, settings.seed, settings.log_level) == ("auto", 0, "INFO")
    assert (settings.label_studio_url, settings.label_studio_api_key, settings.database_url) == ("", "", "")
    assert settings.home.name == "alchemist"


def test_every_setting_is_read_from_its_variable():
    assert set(VARIABLES) - set(SET) == set()
    settings = read_settings(SET)
    assert (settings.home, settings.port, settings.seed) == (Path("/data"), 8000, 7)
    assert (settings.combiner, settings.label_studio_api_key) == ("majority", "secret-2")
    for variable, setting in VARIABLES.items():
        assert str(getattr(settings, setting.name)) == SET[variable]


def test_every_setting_has_a_sentence_and_every_secret_is_marked():
    for setting in fields(Settings):
        assert re.fullmatch(r"[A-Z].*\.", setting.metadata["says"]), setting.name
    secret = {"ALCHEMIST_DATABASE_URL", *(x for x in VARIABLES if re.search("KEY|PASS|REDIS", x))}
    assert {variable for variable, x in VARIABLES.items() if x.metadata["secret"]} == secret


@pytest.mark.parametrize("blank", ["", "  ", "\n"])
def test_a_blank_variable_is_no_setting(blank):
    assert read_settings(dict.fromkeys(SET, blank)) == Settings()


def test_blanks_around_a_value_do_not_matter():
    assert read_settings({"ALCHEMIST_PORT": " 8000\n", "OPENAI_API_KEY": " k "}) == Settings(
        port=8000, openai_api_key="k"
    )


def test_a_home_is_an_absolute_path():
    assert read_settings({"ALCHEMIST_HOME": "~/kept"}).home == Path.home() / "kept"
    assert read_settings({"ALCHEMIST_HOME": "kept"}).home == Path.cwd() / "kept"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ALCHEMIST_PORT", "http", "ALCHEMIST_PORT is 'http', expected a whole number"),
        ("ALCHEMIST_PORT", "80.5", "ALCHEMIST_PORT is '80.5', expected a whole number"),
        ("ALCHEMIST_PORT", "0", "ALCHEMIST_PORT is not usable: expected 1 to 65535"),
        ("ALCHEMIST_PORT", "65536", "ALCHEMIST_PORT is not usable: expected 1 to 65535"),
        ("ALCHEMIST_COMBINER", "Snorkel", "ALCHEMIST_COMBINER is not usable: expected snorkel, majority or auto"),
        ("ALCHEMIST_WAY", "rag", "ALCHEMIST_WAY is not usable: expected direct, knowledge or documents"),
        ("ALCHEMIST_ASK_FOR", "0", "ALCHEMIST_ASK_FOR is not usable: expected 1 to 100"),
        ("ALCHEMIST_SEED", "-1", "ALCHEMIST_SEED is not usable: expected 0 or more"),
        ("LABEL_STUDIO_URL", "http://[h", "LABEL_STUDIO_URL is not usable: expected a URL with http:// or https://"),
        ("REDIS_URL", "h:6379", "REDIS_URL is not usable: expected a URL with redis://, rediss:// or unix://"),
        ("ALCHEMIST_SEED", "x", "ALCHEMIST_SEED is 'x', expected a whole number"),
        ("ALCHEMIST_BUDGET_USD", "ten", "ALCHEMIST_BUDGET_USD: 'ten' is no number"),
        ("ALCHEMIST_BUDGET_USD", "-1", "ALCHEMIST_BUDGET_USD: '-1' is not possible"),
        ("ALCHEMIST_LLM_PRICE", "0.25", "ALCHEMIST_LLM_PRICE: '0.25' is no price"),
        ("ALCHEMIST_FALLBACK", "0.6", "ALCHEMIST_FALLBACK: '0.6' is out of range"),
        ("ALCHEMIST_THRESHOLD", "80", "ALCHEMIST_THRESHOLD: '80' is out of range"),
        ("ALCHEMIST_KEEP_PROGRAMS", "0", "ALCHEMIST_KEEP_PROGRAMS is not usable: expected 1 to 100"),
        ("ALCHEMIST_BELOW", "hide", "ALCHEMIST_BELOW is not usable: expected withhold or mark"),
        ("ALCHEMIST_LOG_LEVEL", "LOUD", "ALCHEMIST_LOG_LEVEL is not usable: expected a level"),
        (
            "LABEL_STUDIO_URL",
            "localhost:8080",
            "LABEL_STUDIO_URL is not usable: expected a URL with http:// or https://",
        ),
    ],
)
def test_a_value_that_a_setting_cannot_have_is_refused_by_its_name(variable, value, message):
    with pytest.raises(BadSetting) as caught:
        read_settings({variable: value})
    assert caught.value.message == message


def test_the_database_is_a_file_in_the_home_folder_unless_one_is_named():
    assert read_settings({"ALCHEMIST_HOME": "/data"}).database == "sqlite:////data/alchemist.sqlite3"
    assert read_settings(SET).database == "postgresql+psycopg://u:p@db/alchemist"


def test_a_child_process_reads_the_same_settings():
    settings = read_settings(SET)
    assert written(settings) == {x: SET[x] for x in VARIABLES}
    assert read_settings(inherited(written(settings))) == settings
    assert read_settings(written(Settings())) == Settings()


@pytest.mark.parametrize(
    ("asked", "set_to", "key", "writer"),
    [
        (None, "auto", "", "offline"),
        (None, "auto", "k", "llm"),
        (None, "llm", "", "llm"),
        (None, "offline", "k", "offline"),
        ("", "llm", "", "llm"),
        ("auto", "llm", "", "offline"),
        ("auto", "offline", "k", "llm"),
        ("llm", "offline", "", "llm"),
        ("offline", "llm", "k", "offline"),
    ],
)
def test_who_writes(asked, set_to, key, writer):
    assert Settings(writer=set_to, openai_api_key=key).writes_with(asked) == writer


def test_a_writer_that_is_none_is_refused():
    with pytest.raises(BadInput) as caught:
        Settings().writes_with("gpt")
    assert (caught.value.message, caught.value.hint) == ("there is no writer 'gpt'", "Choose llm, offline or auto.")
