"""What a task's own fields say: features, and a linear classifier on them. Numpy only; distill.py trains it.

A classifier's params are `{"fields": [...], "slopes": float32[features][labels], "intercept": float[labels]}`, with
one entry a field, in the order of the features:

    {"name", "as": "text", "terms": str, "idf": float32[terms]}     a feature a term; `terms` are lines of one string
    {"name", "as": "number", "mean": float, "scale": float}         the standardised number, and whether it is missing
    {"name", "as": "values", "values": [str, ...]}                  a feature a value

float32 stands for base64 of little-endian numbers: JSON holds it without loss and is read in a moment.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from alchemist.core.tasks import Task

Floats: TypeAlias = npt.NDArray[np.float64]
Places: TypeAlias = npt.NDArray[np.int64]

LONGEST = 5_000
"""Characters of a text that are read."""
LARGEST = 1e100
"""A number stays below this, either way."""
FARTHEST = 5.0
"""A standardised number stays within this, either way."""
REMEMBERED = 64
"""Decoded arrays and vocabularies that are kept, so that a request decodes nothing."""

_ALONE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"  # scripts that put no space between words: each sign is a term
_TERM = re.compile(rf"[{_ALONE}]|[^\W{_ALONE}]+|[^\w\s]")
_NUMBER = re.compile(r"\s*[+-]?[0-9]+(\.[0-9]*)?\s*")


def logits(params: Mapping[str, Any], tasks: Sequence[Task]) -> Floats:
    """float[tasks, labels]: what the softmax is taken of."""
    slopes = unpacked(params["slopes"]).reshape(-1, len(params["intercept"]))
    rows, places, values = features(params["fields"], tasks)
    sums = [np.bincount(rows, values * line[places], len(tasks)) for line in slopes.T]
    total: Floats = np.stack(sums, axis=1) + np.asarray(params["intercept"])
    return total


def told(params: Mapping[str, Any], tasks: Sequence[Task]) -> npt.NDArray[np.bool_]:
    """bool[tasks]: whether any field that the classifier reads has something in it."""
    names = [field["name"] for field in params["fields"]]
    return np.array([any(text_of(task.fields.get(name)).strip() for name in names) for task in tasks], dtype=bool)


def features(fields: Sequence[Mapping[str, Any]], tasks: Sequence[Task]) -> tuple[Places, Places, Floats]:
    """The features that are not zero: their rows, their places among all features, their values."""
    rows: list[Places] = [np.zeros(0, dtype=np.int64)]
    places: list[Places] = [np.zeros(0, dtype=np.int64)]
    values: list[Floats] = [np.zeros(0)]
    start = 0
    for field in fields:
        found = _READ[field["as"]](field, [task.fields.get(field["name"]) for task in tasks])
        rows.append(found[0])
        places.append(found[1] + start)
        values.append(found[2])
        start += width(field)
    return np.concatenate(rows), np.concatenate(places), np.concatenate(values)


def width(field: Mapping[str, Any]) -> int:
    """How many features a field has."""
    if field["as"] == "text":
        return len(_places(field["terms"]))
    return 2 if field["as"] == "number" else len(field["values"])


def terms_of(value: Any) -> list[str]:
    """The words and signs of a text in lower case, and the pairs of neighbours.

    >>> terms_of("Buy NOW!")
    ['buy', 'now', '!', 'buy now', 'now !']
    >>> terms_of(None)
    []
    """
    single = _TERM.findall(text_of(value)[:LONGEST].lower())
    return single + [f"{one} {other}" for one, other in zip(single, single[1:], strict=False)]


def text_of(value: Any) -> str:
    """All that is written in a value, whatever its shape, however deep.

    >>> text_of([{"author": "Ann", "text": "Hi"}, None, 3])
    'Ann Hi  3'
    """
    texts, left = [], [value]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            left += reversed([*one.values()])
        elif isinstance(one, list | tuple):
            left += reversed(one)
        else:
            texts.append("" if one is None else str(one))
    return " ".join(texts)


def number_of(value: Any) -> float | None:
    """The value as a number whose square can be reckoned with; None where it is none.

    >>> number_of(" 7.25 "), number_of(True), number_of("seven"), number_of(float("nan")), number_of(1e308)
    (7.25, 1.0, None, None, None)
    """
    if isinstance(value, str):
        value = float(value) if len(value) < 100 and _NUMBER.fullmatch(value) else None
    if not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if abs(found) < LARGEST else None


def packed(numbers: npt.ArrayLike) -> str:
    """Numbers as base64 of little-endian float32."""
    return base64.b64encode(np.asarray(numbers, dtype="<f4").tobytes()).decode("ascii")


@lru_cache(maxsize=REMEMBERED)
def unpacked(written: str) -> Floats:
    """What `packed` wrote, flat."""
    numbers = np.frombuffer(base64.b64decode(written), dtype="<f4").astype(np.float64)
    numbers.flags.writeable = False
    return numbers


@lru_cache(maxsize=REMEMBERED)
def _places(terms: str) -> dict[str, int]:
    return {term: place for place, term in enumerate(terms.split("\n") if terms else [])}


def _text(field: Mapping[str, Any], values: Sequence[Any]) -> tuple[Places, Places, Floats]:
    """(1 + log count) * idf, each text brought to length 1: TF-IDF as scikit-learn's `sublinear_tf` has it."""
    known = _places(field["terms"])
    counted = [Counter(place for term in terms_of(value) if (place := known.get(term, -1)) >= 0) for value in values]
    rows = np.repeat(np.arange(len(values)), [len(counts) for counts in counted])
    places = np.fromiter((place for counts in counted for place in counts), dtype=np.int64)
    counts = np.fromiter((count for counts in counted for count in counts.values()), dtype=np.float64)
    weights = (1 + np.log(counts)) * unpacked(field["idf"])[places]
    lengths = np.sqrt(np.bincount(rows, weights**2, len(values)))
    return rows, places, weights / lengths[rows]


def _number(field: Mapping[str, Any], values: Sequence[Any]) -> tuple[Places, Places, Floats]:
    """Place 0 is the standardised number, place 1 says that there is none."""
    found = [(row, number_of(value)) for row, value in enumerate(values)]
    missing = [(row, 1, 1.0) for row, number in found if number is None]
    there = [(row, 0, (x - field["mean"]) / field["scale"]) for row, x in found if x is not None]
    rows, places, numbers = _triples([*there, *missing])
    return rows, places, np.clip(numbers, -FARTHEST, FARTHEST)


def _values(field: Mapping[str, Any], values: Sequence[Any]) -> tuple[Places, Places, Floats]:
    known = {value: place for place, value in enumerate(field["values"])}
    keys = [(row, text_of(value).strip().lower()) for row, value in enumerate(values)]
    return _triples([(row, known[key], 1.0) for row, key in keys if key in known])


def _triples(found: Sequence[tuple[int, int, float]]) -> tuple[Places, Places, Floats]:
    rows, places, values = zip(*found, strict=True) if found else ((), (), ())
    return np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64), np.array(values, dtype=np.float64)


_READ = {"text": _text, "number": _number, "values": _values}
