"""From a few annotated tasks to a guess about every task: what the programs are then fitted to.

Naive Bayes on 0/1 items with expectation maximisation over the unlabelled tasks (Nigam et al., 2000), with three
guards: long texts count no more than short ones, unlabelled tasks count a tenth, and the shares of the labels are
held near those of the annotated tasks. As much again counts a logistic regression on the annotated tasks alone:
naive Bayes falls behind it where there are many of them (Ng and Jordan, 2001). The guesses never predict anything
themselves; only programs do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from alchemist.core.brief import Brief
from alchemist.writer.induce.facts import Fact
from alchemist.writer.induce.views import Items, words_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Matrix = npt.NDArray[np.float64]

SHARE = 0.1
"""How much an unlabelled task counts beside an annotated one."""
ROUNDS = 20
SMOOTHING = 0.1
EVIDENCE = 10.0
"""Items that a text counts for at most, however long it is."""
PULL = 0.25
"""How far each round pulls the shares of the labels back to those expected."""
WEIGHTS = {"words": 1.0, "openings": 1.0, "signs": 1.0, "phrases": 0.5, "beginnings": 0.5, "endings": 0.5}
STRENGTH = 10.0
"""The inverse of the pull of its weights towards zero (scikit-learn's `C`)."""
LEAST = 1e-3
"""Neither of the two may be surer than this that a label is wrong."""
NAMED = 1.0
HINTED = 0.5
"""Annotated tasks that a word of a label's name counts for, and a word of its hint or description."""


def shares(counts: Matrix) -> Matrix:
    """The share of each label to expect, from how often it was annotated.

    Uneven counts are drawn to even ones as far as chance alone could make them uneven (James and Stein);
    labels annotated less than twice stay as rare as they were.

    >>> shares(np.array([12.0, 12.0])).tolist()
    [0.5, 0.5]
    """
    known = counts >= 2
    smoothed: Matrix = (counts + 0.5) / (counts + 0.5).sum()
    if known.sum() < 2:
        return smoothed
    even = counts[known].mean()
    spread = ((counts[known] - even) ** 2 / even).sum()
    chance = 1.0 if spread == 0 else min(1.0, (known.sum() - 1) / spread)
    drawn = smoothed.copy()
    drawn[known] = (1 - chance) * smoothed[known] + chance * smoothed[known].mean()
    return np.asarray(drawn, dtype=float)


def guess_texts(
    given: Matrix, counts: Matrix, views: dict[str, Items], signs: Sequence[Fact], named: Matrix, prior: Matrix
) -> Matrix:
    """Probabilities of the labels, a row a task; `given` [annotated, labels] is one-hot and comes first.

    It is the geometric mean of naive Bayes and of a logistic regression on the annotated tasks alone: the first is
    better with few of them, the second with many. `counts` [annotated] says what each annotated task counts.
    `named` [words, labels] are the counts that label names and hints lend to the items of the view `words`.
    """
    from scipy.sparse import csr_matrix, hstack

    parts: list[csr_matrix] = []
    weights: list[Matrix] = []
    lent: list[Matrix] = []
    for name in (name for name in WEIGHTS if name in views):
        items = views[name]
        parts.append(items.matrix)
        weights.append(np.full(len(items.names), WEIGHTS[name]))
        lent.append(named if name == "words" else np.zeros((len(items.names), given.shape[1])))
    if signs:
        parts.append(csr_matrix(np.array([fact.holds for fact in signs], dtype=float).T))
        weights.append(_by_column(signs))
        lent.append(np.zeros((len(signs), given.shape[1])))
    matrix = hstack(parts).tocsr()
    bayes = _maximised(matrix, given, counts, np.concatenate(weights), np.vstack(lent), prior, EVIDENCE, SHARE)
    if "cues" not in views:
        return bayes
    regressed = _regressed(views["cues"], given, counts)
    both: Matrix = np.sqrt((bayes + LEAST) * (regressed + LEAST))
    both /= both.sum(axis=1, keepdims=True)
    both[: len(given)] = given
    return both


def _regressed(items: Items, given: Matrix, counts: Matrix) -> Matrix:
    """What a logistic regression on the annotated tasks alone gives every task."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import normalize

    matrix = normalize(items.matrix)
    regression = LogisticRegression(C=STRENGTH, max_iter=500)
    regression.fit(matrix[: len(given)], given.argmax(axis=1), sample_weight=counts)
    guessed: Matrix = np.zeros((matrix.shape[0], given.shape[1]))
    guessed[:, regression.classes_] = regression.predict_proba(matrix)
    return guessed


def guess_cells(given: Matrix, counts: Matrix, facts: Sequence[Fact], prior: Matrix, share: float = 0.02) -> Matrix:
    """The same for rows of a table: the mean of naive Bayes and of a logistic regression on the facts."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    matrix = csr_matrix(np.array([fact.holds for fact in facts], dtype=float).T)
    lent = np.zeros((len(facts), given.shape[1]))
    bayes = _maximised(matrix, given, counts, _by_column(facts), lent, prior, np.inf, share, smoothing=0.5)
    answers = given.argmax(axis=1)
    regression = LogisticRegression(max_iter=500).fit(matrix[: len(given)], answers, sample_weight=counts)
    guessed = np.zeros_like(bayes)
    guessed[:, regression.classes_] = regression.predict_proba(matrix)
    both: Matrix = (bayes + guessed) / 2
    both[: len(given)] = given
    return both


def _by_column(facts: Sequence[Fact]) -> Matrix:
    """Facts about one column say one thing together, however many there are."""
    held: dict[str, float] = {}
    for fact in facts:
        held[fact.about] = held.get(fact.about, 0.0) + float(fact.holds.mean())
    return np.array([1 / max(1.0, held[fact.about]) for fact in facts])


def _maximised(
    matrix: csr_matrix,
    given: Matrix,
    counts: Matrix,
    weights: Matrix,
    lent: Matrix,
    prior: Matrix,
    most: float,
    share: float,
    smoothing: float = SMOOTHING,
) -> Matrix:
    known = len(given)
    weighted = matrix.multiply(weights[None]).tocsr()
    evidence = np.maximum(np.asarray(weighted.sum(axis=1)), 1e-9)
    scale = np.minimum(evidence, most) / evidence
    guessed = np.zeros((matrix.shape[0], given.shape[1]))
    for _ in range(ROUNDS):
        counted = guessed * share
        counted[:known] = given * counts[:, None]
        held = matrix.T @ counted + smoothing + lent
        logits = (weighted @ np.log(held / held.sum(axis=0))) * scale + np.log(prior)
        guessed = np.exp(logits - logits.max(axis=1, keepdims=True))
        guessed /= guessed.sum(axis=1, keepdims=True)
        guessed[known:] = _pulled(guessed[known:], prior)
    guessed[:known] = given
    return guessed


def _pulled(guessed: Matrix, prior: Matrix) -> Matrix:
    """The guesses with the shares of the labels pulled towards those expected."""
    if not len(guessed):
        return guessed
    for _ in range(10):
        guessed = guessed * (prior / (guessed.mean(axis=0) + 1e-9)) ** PULL
        guessed /= guessed.sum(axis=1, keepdims=True)
    return guessed


def named_words(brief: Brief, labels: Sequence[str], words: Sequence[str]) -> Matrix:
    """[words, labels]: what label names, hints and the project's own description lend to words of the texts."""
    lent = np.zeros((len(words), len(labels)))
    told = " ".join((brief.title, brief.description, brief.instructions)).lower()
    hints = {x.name: x.hint or "" for x in brief.question.labels}
    for place, label in enumerate(labels):
        names = {word for word in words_of(label) if len(word) >= 3}
        said = set(words_of(" ".join((hints.get(label, ""), *_explained(label, told)))))
        for row, word in enumerate(words):
            if any(_akin(name, word) for name in names):
                lent[row, place] = NAMED
            elif len(word) >= 4 and word in said:
                lent[row, place] = HINTED
    lent[(lent > 0).sum(axis=1) > 1] = 0.0
    return lent


def _explained(label: str, told: str) -> list[str]:
    """What a description says right behind a label's name: `spam (promotion, links)`, `spam: promotion`."""
    return re.findall(rf"\b{re.escape(label.lower())}\b\s*[(:=–-]\s*([^().;\n]*)", told)


def _akin(name: str, word: str) -> bool:
    """Whether a word is a label's name or begins like it: sport, sports; tech, technology."""
    if word == name:
        return True
    short, long = sorted((name, word), key=len)
    return len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 6
