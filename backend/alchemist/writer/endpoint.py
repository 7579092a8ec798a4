"""A language model behind any OpenAI-compatible endpoint: one question, one reply, every call kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import openai

from alchemist.core.errors import BadProgram, LanguageModelError
from alchemist.core.ledger import BROKEN_OFF, Call, Price
from alchemist.core.programs import Source

T = TypeVar("T")
Messages: TypeAlias = list[dict[str, str]]


def written(prompt: Messages) -> str:
    """Messages as one text: what a prompt is kept and recalled as."""
    return "\n\n".join(f"# {x['role'].title()}\n{x['content']}" for x in prompt)


class Endpoint:
    """A language model that can be asked.

    `reserve` is called before each call is sent and may refuse it with an error; it gives the call back with the most
    that it may cost. `keep` is called with every call, whatever came of it; `recall` gives the reply that a prompt had
    before, if any. `price` is None where it is not known.
    """

    def __init__(
        self,
        model: str,
        api_key: str,
        base_url: str | None,
        keep: Callable[[Call], None],
        recall: Callable[[str], str | None] = lambda _: None,
        timeout: float = 120.0,
        retries: int = 3,
        price: Price | None = None,
        reserve: Callable[[Call], Call] = lambda call: call,
    ) -> None:
        self.model = model
        self.price = price
        self.reserve = reserve
        self.client = openai.OpenAI(
            api_key=api_key or "none", base_url=base_url or None, timeout=timeout, max_retries=retries
        )
        self.keep = keep
        self.recall = recall

    def ask(self, purpose: str, prompt: Messages, read: Callable[[str], T], about: str = "") -> T:
        """What `read` finds in the model's reply to these messages.

        The reply is recalled by `about`, or by the prompt where it is empty. Raises `LanguageModelError`, and
        `BadProgram` where `read` does: such a reply is kept with that error, so that it is not recalled.
        """
        text = written(prompt)
        known = self.recall(about or text)
        if known is not None:
            return read(known)
        call = Call(purpose, self.model, text, "", BROKEN_OFF, 0.0, settled=False, about=about)
        call = self.reserve(call)
        began = time.monotonic()
        try:
            sent = self.client.chat.completions.with_raw_response.create(model=self.model, messages=prompt)  # type: ignore[arg-type]
            call = self._settled(replace(call, error="", **_received(sent.text)))
            if not call.reply.strip():
                raise LanguageModelError(f"{self.model} sent an empty reply", "It is asked again later.")
            found = read(call.reply)
            call = replace(call, source=found.id if isinstance(found, Source) else "")
            return found
        except openai.OpenAIError as error:
            mapped = _mapped(error, self.model)
            call = self._failed(replace(call, error=mapped.message), error)
            raise mapped from error
        except (LanguageModelError, BadProgram) as error:
            call = replace(call, error=error.message)
            raise
        finally:
            self.keep(replace(call, seconds=time.monotonic() - began))

    def _settled(self, call: Call) -> Call:
        """The call with its bill, where the price is known and the endpoint counts tokens."""
        if self.price is None:
            return replace(call, usd=None, settled=True)
        if call.tokens_in is None or call.tokens_out is None:
            return call  # it counts at the most that it may have cost
        usd = self.price.usd(call.tokens_in, call.tokens_out, call.tokens_cached or 0)
        return replace(call, usd=usd, priced=self.price.source, settled=True)

    def _failed(self, call: Call, error: openai.OpenAIError) -> Call:
        """The call that failed: at no cost, or at the most that each of its attempts may have cost.

        Before a reply that came, the client may have tried in vain too; it does not tell why, so that is not counted.
        """
        if _is_free(error):
            return replace(call, usd=0.0, settled=True)
        return replace(call, usd=None if call.usd is None else call.usd * (1 + self.client.max_retries))


def _is_free(error: openai.OpenAIError) -> bool:
    """Whether no provider bills the call: it was refused, or nobody was reached.

    What did not come in time, or was cut off, may have been billed.
    """
    if isinstance(error, openai.APIConnectionError):
        return type(error.__cause__).__name__ in ("ConnectError", "ConnectTimeout")  # of httpx, or httpx2
    return isinstance(error, openai.APIStatusError)


def _received(sent: str) -> dict[str, Any]:
    """The reply and its tokens in what the endpoint sent, which may be anything.

    Raises `LanguageModelError` for what is no JSON.
    """
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError) as error:
        raise LanguageModelError(
            "what answers there is no language model: it sent no JSON", "Check OPENAI_BASE_URL; it often ends in /v1."
        ) from error
    reply = _at(body, "choices", 0, "message", "content")
    text = reply if isinstance(reply, str) else ""
    return {"reply": text.encode("utf-8", "replace").decode().replace("\0", "")} | _counted(_at(body, "usage"))


def _counted(usage: Any) -> dict[str, int | None]:
    """The tokens of a call. Some endpoints leave thoughts out of a reply's tokens: then the total tells of them."""
    counts = {
        "tokens_in": _count(usage, "prompt_tokens"),
        "tokens_cached": _count(usage, "prompt_tokens_details", "cached_tokens"),
        "tokens_out": _count(usage, "completion_tokens"),
        "tokens_reasoning": _count(usage, "completion_tokens_details", "reasoning_tokens"),
    }
    total, tokens_in, tokens_out = _count(usage, "total_tokens"), counts["tokens_in"], counts["tokens_out"]
    if total is not None and tokens_in is not None and tokens_out is not None:
        counts["tokens_out"] = max(tokens_out, total - tokens_in)
    return counts


def _count(usage: Any, *steps: str) -> int | None:
    found = _at(usage, *steps)
    return found if isinstance(found, int) and 0 <= found < 2**31 else None


def _at(value: Any, *steps: str | int) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def _mapped(error: openai.OpenAIError, model: str) -> LanguageModelError:
    """What the client raises, as an error that says what to do; no key and no header in it."""
    match error:
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return LanguageModelError(
                "the language model refused the key", "Check OPENAI_API_KEY and OPENAI_BASE_URL.", final=True
            )
        case openai.NotFoundError():
            return LanguageModelError(f"the endpoint knows no model {model!r}", "Check ALCHEMIST_LLM.", final=True)
        case openai.RateLimitError():
            return LanguageModelError(
                "the language model is over its limit or out of money", "It is asked again later."
            )
        case openai.APITimeoutError():
            return LanguageModelError("the language model did not answer in time", "It is asked again later.")
        case openai.APIStatusError(status_code=status):
            return LanguageModelError(f"the language model answered {status}", "It is asked again later.")
        case openai.APIConnectionError():
            return LanguageModelError(
                "the language model cannot be reached", "Check OPENAI_BASE_URL. It is asked again later."
            )
        case _:
            return LanguageModelError(f"the language model's reply cannot be read ({type(error).__name__})")
