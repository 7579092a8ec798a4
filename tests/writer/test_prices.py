from __future__ import annotations

from datetime import UTC, datetime

import genai_prices
import pytest

from alchemist.core.errors import BadSetting
from alchemist.writer.prices import price_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_price_at_openai_is_known_with_its_source_and_day():
    found = price_of("gpt-5-mini", now=NOW)
    assert found is not None
    assert (found.usd_in, found.usd_cached, found.usd_out) == (0.25, 0.025, 2.0)
    assert found.source == f"OpenAI's price on 2026-11-20, genai-prices {genai_prices.__version__}"


def test_the_price_is_that_of_the_endpoint():
    found = price_of("openai/gpt-5-mini", "https://openrouter.ai/api/v1", now=NOW)
    assert found is not None
    assert found.source.startswith("OpenRouter's price on ")


def test_at_an_endpoint_that_nobody_knows_it_is_the_list_price_of_the_name_and_says_so():
    found = price_of("gpt-5-mini", "http://localhost:8000/v1", now=NOW)
    assert found is not None
    assert (found.usd_in, found.usd_out) == (0.25, 2.0)
    assert found.source.startswith("OpenAI's list price for that name on ")


@pytest.mark.parametrize("model", ["llama3.1:8b", "my-own", "", "sonar"])
def test_a_price_that_nobody_knows_is_unknown_and_not_nothing(model):
    assert price_of(model, "http://localhost:11434/v1", now=NOW) is None


def test_what_an_admin_says_wins():
    found = price_of("gpt-5-mini", written="1/3", now=NOW)
    assert found is not None
    assert (found.usd_in, found.usd_cached, found.usd_out, found.source) == (1.0, 1.0, 3.0, "set by an admin")
    own = price_of("llama3.1:8b", "http://localhost:11434/v1", "0/0")
    assert own is not None and own.usd(1_000, 1_000) == 0.0
    with pytest.raises(BadSetting):
        price_of("gpt-5-mini", written="cheap")


def test_of_prices_in_tiers_the_first_is_taken():
    found = price_of("claude-sonnet-4-5", now=NOW)
    assert found is not None
    assert (found.usd_in, found.usd_out) == (3.0, 15.0)
