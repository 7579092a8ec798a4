"""A language model behind any OpenAI-compatible endpoint: one question, one reply, every call kept."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import openai

from alchemist.core.errors import BadProgram, LanguageModelError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the language model, kept whole. Tokens are None where the endpoint does not tell."""

    purpose: str
    model: str
    prompt: str
    reply: str
    error: str
    seconds: float
    tokens_in: int | None = None
    tokens_out: int | None = None
    tokens_reasoning: int | None = None


class Endpoint:
    """A language model that can be asked.

    `keep` is called with every call, whatever came of it; `recall` gives the reply that a prompt had before, if any.
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
    ) -> None:
        self.model = model
        self.client = openai.OpenAI(
            api_key=api_key or "none", base_url=base_url or None, timeout=timeout, max_retries=retries
        )
        self.keep = keep
        self.recall = recall

    def ask(self, purpose: str, prompt: list[dict[str, str]], read: Callable[[str], T]) -> T:
        """What `read` finds in the model's reply to these messages.

        Raises `LanguageModelError`, and `BadProgram` where `read` does: such a reply is kept with that error, so
        that it is not recalled.
        """
        began = time.monotonic()
        written = "\n\n".join(f"# {x['role'].title()}\n{x['content']}" for x in prompt)
        known = self.recall(written)
        if known is not None:
            return read(known)
        call = Call(purpose, self.model, written, "", "the call was broken off", 0.0)
        try:
            sent = self.client.chat.completions.with_raw_response.create(model=self.model, messages=prompt)  # type: ignore[arg-type]
            call = replace(call, error="", **_received(sent.text))
            if not call.reply.strip():
                raise LanguageModelError(f"{self.model} sent an empty reply", "It is asked again later.")
            return read(call.reply)
        except openai.OpenAIError as error:
            mapped = _mapped(error, self.model)
            call = replace(call, error=mapped.message)
            raise mapped from error
        except (LanguageModelError, BadProgram) as error:
            call = replace(call, error=error.message)
            raise
        finally:
            self.keep(replace(call, seconds=time.monotonic() - began))


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
    counted = {
        "tokens_in": _at(body, "usage", "prompt_tokens"),
        "tokens_out": _at(body, "usage", "completion_tokens"),
        "tokens_reasoning": _at(body, "usage", "completion_tokens_details", "reasoning_tokens"),
    }
    text = reply if isinstance(reply, str) else ""
    return {"reply": text.encode("utf-8", "replace").decode().replace("\0", "")} | {
        name: count if isinstance(count, int) else None for name, count in counted.items()
    }


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
