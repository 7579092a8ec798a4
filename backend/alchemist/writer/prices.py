"""What a language model costs, out of the data that `genai-prices` brings along: nothing is downloaded."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from alchemist.core.ledger import Price, price_from

if TYPE_CHECKING:
    from genai_prices.types import PriceCalculation

OPENAI = "https://api.openai.com/v1"


def price_of(model: str, base_url: str = "", written: str = "", now: datetime | None = None) -> Price | None:
    """The price of a language model at a time, now where none is given; None where it is not known.

    A price that an admin gives (`written`, as `price_from` reads it) wins. Else it is the price at this endpoint, or,
    at an endpoint that genai-prices does not know, the list price of whoever made a model of that name; `source` says
    which. Of prices in tiers the first is taken, for prompts here are short. A model that is not paid by the token
    alone has no known price. Raises `BadSetting` for a price that cannot be read.
    """
    given = price_from(written)
    if given is not None:
        return given
    now = now or datetime.now(UTC)
    at_endpoint = _looked_up(model, base_url or OPENAI, now)
    found = at_endpoint or _looked_up(model, None, now)
    if found is None or getattr(found.model_price, "requests_kcount", None) is not None:
        return None
    names = ("input_mtok", "cache_read_mtok", "output_mtok")
    tokens_in, cached, tokens_out = (_rate(getattr(found.model_price, name, None)) for name in names)
    if tokens_in is None or tokens_out is None:
        return None
    import genai_prices

    whose = f"{found.provider.name}'s price" if at_endpoint else f"{found.provider.name}'s list price for that name"
    source = f"{whose} on {now.date()}, genai-prices {genai_prices.__version__}"
    return Price(tokens_in, tokens_in if cached is None else cached, tokens_out, source)


def _looked_up(model: str, url: str | None, when: datetime) -> PriceCalculation | None:
    from genai_prices import Usage, calc_price

    usage = Usage(input_tokens=1, output_tokens=1)
    try:
        return calc_price(usage, model, provider_api_url=url, genai_request_timestamp=when)
    except LookupError:
        return None


def _rate(price: Any) -> float | None:
    """Dollars for a million tokens."""
    return None if price is None else float(getattr(price, "base", price))
