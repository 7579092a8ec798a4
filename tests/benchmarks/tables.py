"""The figures of quality.py as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.compared import FITTED, GOLD_ONLY, METRICS, OURS, UNFITTED

PAPER = {"youtube": "89.1 (85)", "sms": "F1 90.0 (89)"}
"""Huang et al., NeurIPS 2024: programs of GPT-3.5, distilled; in brackets people's functions and Snorkel, distilled."""


def show(told: Mapping[str, Any]) -> None:
    """One table of figures, one of regrets for each metric, one of calibration."""
    console = Console()
    _figures(told["figures"], console)
    for metric in METRICS:
        _regrets(told["regret"], metric, console)
    _calibration(told["calibration"], console)
    console.print(f"Measured on {told['rows']} rows; intervals of 95 % by the paired bootstrap.", highlight=False)


def _figures(figures: Mapping[str, Any], console: Console) -> None:
    ways = (*UNFITTED, *FITTED, GOLD_ONLY, OURS)
    table = Table("votes", "gold", *ways, "people + snorkel", "the paper", title="Accuracy in percent (log-loss)")
    for name, sizes in figures.items():
        people = next(iter(figures.get(f"{_data(name)}, people", {}).values()), {}).get("snorkel")
        beside = (_figure(people) if people else "", PAPER.get(_data(name), ""))
        for n, by_way in sizes.items():
            table.add_row(name, n, *(_figure(by_way[way]) if way in by_way else "" for way in ways), *beside)
        table.add_section()
    console.print(table)


def _figure(found: Mapping[str, Sequence[float]]) -> str:
    value, low, high = found["accuracy"]
    spam = f"\nF1 {found['f1_spam'][0]:.1f}" if "f1_spam" in found else ""
    return f"{value:.1f} ({found['log_loss'][0]:.2f})\n{low:.1f}..{high:.1f}{spam}"


def _regrets(regrets: Mapping[str, Any], metric: str, console: Console) -> None:
    columns = ("votes", "gold", "mean regret", "worst", "set by set, against its best rival", "least lead of the mean")
    table = Table(*columns, title=f"Regret of auto, in points: {metric}")
    for group, sizes in regrets.items():
        for n, by_metric in sizes.items():
            found = by_metric[metric]
            sets = [f"{_data(name)} {_interval(x['regret'])} {x['rival']}" for name, x in found["sets"].items()]
            lead, rival = min((x, way) for way, x in found["lead_of_mean"].items())
            mean, worst = _interval(found["mean"]), f"{found['worst']:+.2f}"
            table.add_row(group, n, mean, worst, "\n".join(sets), f"{_interval(lead)}\n{rival}")
            table.add_section()
    console.print(table)


def _calibration(found: Mapping[str, Any], console: Console) -> None:
    title = "Calibration: auto less majority; auto less snorkel; and the error of all answers in ten equal-mass bins"
    table = Table("votes", "gold", "log-loss", "Brier score", "pooled error (floor)", title=title)
    for group, sizes in found.items():
        for n, one in sizes.items():
            pooled = [f"{way} {x['error']:.3f} ({x['floor']:.3f})" for way, x in one["pooled"].items()]
            sets = one["less_than_unfitted"].items()
            leads = [
                [f"{_data(name)} {'; '.join(_interval(x[way], 3) for way in UNFITTED)}" for name, x in by_set]
                for by_set in ([(name, y[figure]) for name, y in sets] for figure in ("log_loss", "brier"))
            ]
            table.add_row(group, n, *("\n".join(x) for x in (*leads, pooled)))
            table.add_section()
    console.print(table)


def _data(name: str) -> str:
    return name.partition(", ")[0]


def _interval(found: Sequence[float], digits: int = 2) -> str:
    """A figure with its interval.

    >>> _interval([0.5, -0.25, 1.0])
    '+0.50 (-0.25..+1.00)'
    """
    return f"{found[0]:+.{digits}f} ({found[1]:+.{digits}f}..{found[2]:+.{digits}f})"
