"""Training a classifier on tasks' own fields, with scikit-learn: never in the web process."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from alchemist.aggregation.classifier import features, number_of, packed, terms_of, text_of, width
from alchemist.aggregation.members import Labels
from alchemist.aggregation.weights import Matrix, weights_of
from alchemist.core.tasks import Task

MOST_NUMBERS = 120_000
"""Slopes of a classifier, at most: features times labels."""
MOST_TERMS = 10_000
"""Terms of all texts together, at most."""
MOST_VALUES = 20
"""A column with more different values than this is no column of values."""
SELDOM = 2
"""A term is known from this many tasks on."""
ITERATIONS = 200


def fields_of(tasks: Sequence[Task], labels: int) -> list[dict[str, Any]]:
    """How to read each field of these tasks, as classifier.py has it: numbers, a few values, or text.

    A number of few values is read both ways. A table whose columns stand beside it is read by its columns. A text that
    shares no term with another is not read.
    """
    names = sorted({name for task in tasks for name in task.fields})
    found, texts = [], []
    for name in names:
        values = [x for task in tasks if (x := task.fields.get(name)) is not None and text_of(x).strip()]
        if not values or all(isinstance(x, Mapping) and set(x) <= set(names) for x in values):
            continue
        different = {text_of(x).strip().lower() for x in values}
        numbers = [x for value in values if (x := number_of(value)) is not None]
        few = len(different) <= min(MOST_VALUES, len(values) / 4)
        if len(numbers) == len(values):
            spread = float(np.std(numbers))
            found.append({"name": name, "as": "number", "mean": float(np.mean(numbers)), "scale": spread or 1.0})
        if few:
            found.append({"name": name, "as": "values", "values": sorted(different)})
        elif len(numbers) < len(values):
            texts.append(name)
    room = min(MOST_TERMS, MOST_NUMBERS // labels)
    read = [_vocabulary(name, tasks, room // len(texts)) for name in texts]
    return found + [field for field in read if field["terms"]]


def _vocabulary(name: str, tasks: Sequence[Task], most: int) -> dict[str, Any]:
    """The terms that most tasks have, and log((1 + tasks) / (1 + tasks with the term)) + 1 for each."""
    counts = Counter(term for task in tasks for term in set(terms_of(task.fields.get(name))))
    known = sorted((-count, term) for term, count in counts.items() if count >= SELDOM)[:most]
    idf = [np.log((1 + len(tasks)) / (1 - count)) + 1 for count, _ in known]
    return {"name": name, "as": "text", "terms": "\n".join(term for _, term in known), "idf": packed(idf)}


def table(fields: Sequence[Mapping[str, Any]], tasks: Sequence[Task]) -> Any:
    """The tasks' features as scipy's sparse rows."""
    from scipy.sparse import csr_matrix

    rows, places, values = features(fields, tasks)
    return csr_matrix((values, (rows, places)), shape=(len(tasks), sum(map(width, fields))))


def regression(
    table: Any, gold: Labels, labels: int, strength: float, trust: npt.NDArray[np.float64] | None = None
) -> tuple[Matrix, Matrix]:
    """A logistic regression's slopes, float[features, labels], and intercept, float[labels].

    `strength` is scikit-learn's C; `trust` how much each row counts. A label that no row has is taken to be rarer than
    the rarest by as many times as there are rows.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    slopes, intercept = np.zeros((table.shape[1], labels)), np.zeros(labels)
    seen = np.unique(gold)
    if len(seen) > 1:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the iterations are bounded on purpose
            warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)  # labels may be many
            fitted = LogisticRegression(C=strength, max_iter=ITERATIONS, tol=1e-3).fit(table, gold, trust)
        lines, starts = fitted.coef_, fitted.intercept_
        if len(seen) == 2:  # scikit-learn keeps one line for the second label; the first has zeros
            lines, starts = np.concatenate([0 * lines, lines]), np.concatenate([[0.0], starts])
        slopes[:, seen], intercept[seen] = lines.T, starts
    unseen = np.setdiff1d(np.arange(labels), seen)
    intercept[unseen] = intercept[seen].min() - np.log(1 + len(gold))
    return slopes, intercept


def classifier(
    fields: Iterable[Mapping[str, Any]], slopes: Matrix, intercept: npt.NDArray[np.float64], why: str
) -> dict[str, Any]:
    """A regression as weights in JSON; no program's vote counts in them."""
    params = {"fields": [dict(x) for x in fields], "slopes": packed(slopes), "intercept": intercept.tolist()}
    return weights_of("classifier", (), params, why)
