"""What `auto` gives up or gains against its rivals: figures, regrets and calibration, as JSON values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.benchmarks.scored import Columns, Resamples, accuracy, calibration, f1, interval, resampled

OURS = "auto"
UNFITTED = ("majority", "snorkel")
FITTED = ("majority + scaling", "snorkel + scaling", "accuracy vote", "regression on votes")
GOLD_ONLY = "gold-only regression"
ROUNDS = ("ten", "twenty", "chosen")
METRICS = ("accuracy", "accuracy, for sms F1", "accuracy where a program votes")
ROUND = 4

Ways = Mapping[str, Columns]
"""The columns of every way, by its name."""
Found = Mapping[str, Mapping[int, Ways]]
"""The ways by set of votes, and by number of human labels."""
Interval = tuple[float, float, float]
"""A figure, and 95 % of what it is in the resamples."""


def report(found: Found, rows: str) -> dict[str, Any]:
    """All that is told. Figures of accuracy, F1 and regret are in percent, and all have intervals."""
    samples = {name: _samples(sizes, place) for place, (name, sizes) in enumerate(found.items())}
    groups: dict[str, list[str]] = {}
    for name in found:
        groups.setdefault(name.partition(", ")[2], []).append(name)
    sizes = list(next(iter(found.values())))
    return {
        "rows": rows,
        "figures": {
            name: {str(n): {way: _figures(name, x, samples[name]) for way, x in found[name][n].items()} for n in sizes}
            for name in found
        },
        "regret": {
            group: {str(n): {x: _regret({y: found[y][n] for y in names}, samples, x) for x in METRICS} for n in sizes}
            for group, names in groups.items()
        },
        "calibration": {
            group: {str(n): _calibration({x: found[x][n] for x in names}, samples) for n in sizes}
            for group, names in groups.items()
        },
        "chosen": {x: {str(n): _chosen(found, samples, n, x) for n in sizes} for x in METRICS[:2]},
    }


def _samples(sizes: Mapping[int, Ways], seed: int) -> Resamples:
    right = next(iter(sizes.values()))[OURS]["right"]
    return resampled(*right.shape, seed)


def _figures(name: str, columns: Columns, sample: Resamples) -> dict[str, Interval]:
    found = {"accuracy": accuracy(columns, sample)}
    if name.startswith("sms"):
        found["f1_spam"] = f1(columns, sample)
    found |= {x: sample.mean(columns[x]) for x in ("log_loss", "brier", "answered")}
    return {figure: _rounded(x) for figure, x in found.items()}


def _rounded(values: np.ndarray) -> Interval:
    figure, low, high = interval(values)
    return round(figure, ROUND), round(low, ROUND), round(high, ROUND)


def _regret(cases: Mapping[str, Ways], samples: Mapping[str, Resamples], metric: str) -> dict[str, Any]:
    """Set by set against its best rival in hindsight, on the mean; and each rival's mean less that of `auto`."""
    points = {name: {way: _points(name, x, samples[name], metric) for way, x in cases[name].items()} for name in cases}
    sets, lost = {}, []
    for name, by_way in points.items():
        rival = max((way for way in by_way if way != OURS), key=lambda way: float(by_way[way][0]))
        lost.append(by_way[rival] - by_way[OURS])
        sets[name] = {"rival": rival, "regret": _rounded(lost[-1])}
    means = {way: np.mean([x[way] for x in points.values()], axis=0) for way in next(iter(points.values()))}
    return {
        "sets": sets,
        "mean": _rounded(np.mean(lost, axis=0)),
        "worst": max(x["regret"][0] for x in sets.values()),
        "lead_of_mean": {way: _rounded(means[OURS] - x) for way, x in means.items() if way != OURS},
    }


def _chosen(found: Found, samples: Mapping[str, Resamples], n: int, metric: str) -> dict[str, Any]:
    """Programs chosen from twenty against ten and twenty unchosen, combined by `auto`: set by set, and the mean.

    Only sets of which all three are there. One bootstrap sample serves all three, so differences are paired.
    """
    points = {}
    for name in [x.removesuffix(", ten") for x in found if x.endswith(", ten")]:
        if all(f"{name}, {x}" in found for x in ROUNDS):
            sample = samples[f"{name}, ten"]
            points[name] = {x: _points(name, found[f"{name}, {x}"][n][OURS], sample, metric) for x in ROUNDS}
    if points:
        points["mean"] = {x: np.mean([by_round[x] for by_round in points.values()], axis=0) for x in ROUNDS}
    return {
        name: {x: _rounded(by_round[x]) for x in ROUNDS}
        | {f"chosen less {x}": _rounded(by_round["chosen"] - by_round[x]) for x in ROUNDS[:2]}
        for name, by_round in points.items()
    }


def _points(name: str, columns: Columns, sample: Resamples, metric: str) -> np.ndarray:
    if metric == METRICS[2]:
        return accuracy(columns, sample, "voted")
    return f1(columns, sample) if metric == METRICS[1] and name.startswith("sms") else accuracy(columns, sample)


def _calibration(cases: Mapping[str, Ways], samples: Mapping[str, Resamples]) -> dict[str, Any]:
    """Log-loss and Brier score less those of the unfitted, set by set; the pooled error and its floor, way by way."""
    sets = {
        name: {
            figure: {
                way: _rounded(samples[name].mean(ways[OURS][figure] - ways[way][figure]))
                for way in ways
                if way in UNFITTED
            }
            for figure in ("log_loss", "brier")
        }
        for name, ways in cases.items()
    }
    pooled = {way: _pooled([ways[way] for ways in cases.values()]) for way in (*UNFITTED, OURS)}
    return {"less_than_unfitted": sets, "pooled": pooled}


def _pooled(cases: Sequence[Columns]) -> dict[str, float]:
    """The error of all answers of a draw and its floor: the means over the draws."""
    found = []
    for draw in range(len(cases[0]["right"])):
        answered, scores, right = (
            np.concatenate([x[name][draw] for x in cases]) for name in ("answered", "score", "right")
        )
        found.append(calibration(scores[answered > 0], right[answered > 0], draw))
    error, floor = np.mean(found, axis=0)
    return {"error": round(float(error), ROUND), "floor": round(float(floor), ROUND)}
