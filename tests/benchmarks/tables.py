"""The figures of quality.py as tables, which fit a page of `WIDTH` characters; a narrower terminal folds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.compared import FITTED, GOLD_ONLY, METRICS, OURS, ROUNDS, UNFITTED

WIDTH = 110
"""Characters of a line where the output is no terminal."""
WITH_F1 = {"sms": "sms, F1", "mean": "mean, F1 for sms"}
"""Rows of the table of programs chosen that F1 makes another."""
PAPER = {"youtube": "89.1 (85)", "sms": "F1 90.0 (89)"}
"""Huang et al., NeurIPS 2024: programs of GPT-3.5, distilled; in brackets people's functions and Snorkel, distilled."""


def console_for_tables() -> Console:
    """Standard output; no width is guessed where that is a file or a pipe."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDTH)


def table_of(*columns: str, title: str) -> Table:
    """A table that folds what is too wide for it, and cuts nothing."""
    table = Table(title=title)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def show(told: Mapping[str, Any]) -> None:
    """Tables of figures, of programs chosen, of regrets for each metric, of calibration."""
    console = console_for_tables()
    _figures(told["figures"], console)
    if any(told["chosen"][METRICS[0]].values()):
        _chosen(told["chosen"], console)
    for metric in METRICS:
        _regrets(told["regret"], metric, console)
    for figure, title in (("log_loss", "Log-loss"), ("brier", "Brier score")):
        _scores(told["calibration"], figure, title, console)
    _pooled(told["calibration"], console)
    console.print(f"Measured on {told['rows']} rows; intervals of 95 % by the paired bootstrap.")


def _figures(figures: Mapping[str, Any], console: Console) -> None:
    sizes = list(next(iter(figures.values())))
    title = "Accuracy in percent (log-loss), its interval, F1 of spam for sms; by how many human labels"
    table = table_of("votes", "combined by", *sizes, title=title)
    for name, by_size in figures.items():
        ways = [x for x in (*UNFITTED, *FITTED, GOLD_ONLY, OURS) if any(x in by_way for by_way in by_size.values())]
        for way in ways:
            cells = [_figure(by_way[way]) if way in by_way else "" for by_way in by_size.values()]
            table.add_row(name if way == ways[0] else "", way, *cells)
        people = next(iter(figures.get(f"{_data(name)}, people", {}).values()), {}).get("snorkel")
        if people and name != f"{_data(name)}, people":
            table.add_row("", "people's functions, snorkel", _figure(people))
        if _data(name) in PAPER:
            table.add_row("", "the paper", PAPER[_data(name)])
        table.add_section()
    console.print(table)


def _figure(found: Mapping[str, Sequence[float]]) -> str:
    value, low, high = found["accuracy"]
    spam = f"\nF1 {found['f1_spam'][0]:.1f}" if "f1_spam" in found else ""
    return f"{value:.1f} ({found['log_loss'][0]:.2f})\n{low:.1f}..{high:.1f}{spam}"


def _chosen(chosen: Mapping[str, Any], console: Console) -> None:
    columns = ("set", "gold", *ROUNDS, *(f"chosen less {x}" for x in ROUNDS[:2]))
    table = table_of(
        *columns, title="Accuracy of auto in percent: ten replies, twenty, and those chosen from the twenty"
    )
    for metric, sizes in chosen.items():
        for name in next(iter(sizes.values())):
            shown = name if metric == METRICS[0] else WITH_F1.get(name)
            if not shown:
                continue
            for n, sets in sizes.items():
                figures = [f"{sets[name][x][0]:.1f}" for x in ROUNDS]
                table.add_row(shown, n, *figures, *(_interval(sets[name][x]) for x in columns[-2:]))
            table.add_section()
    console.print(table)


def _regrets(regrets: Mapping[str, Any], metric: str, console: Console) -> None:
    table = table_of("votes", "gold", "set", "regret", "against", title=f"Regret of auto, in points: {metric}")
    for group, sizes in regrets.items():
        for n, by_metric in sizes.items():
            found = by_metric[metric]
            for name, x in found["sets"].items():
                table.add_row(group, n, _data(name), _interval(x["regret"]), f"{x['rival']}, its best rival")
            mean, worst = _interval(found["mean"]), f"worst {found['worst']:+z.2f}"
            table.add_row(group, n, "mean", mean, f"each one's best rival; {worst}")
            (lead, low, high), rival = min((x, way) for way, x in found["lead_of_mean"].items())
            table.add_row(group, n, "mean", _interval((-lead, -high, -low)), f"{rival}, best on the mean")
            table.add_section()
    console.print(table)


def _scores(found: Mapping[str, Any], figure: str, title: str, console: Console) -> None:
    table = table_of("votes", "gold", "set", *(f"auto less {x}" for x in UNFITTED), title=title)
    for group, sizes in found.items():
        for n, one in sizes.items():
            for name, by_figure in one["less_than_unfitted"].items():
                table.add_row(group, n, _data(name), *(_interval(by_figure[figure][way], 3) for way in UNFITTED))
            table.add_section()
    console.print(table)


def _pooled(found: Mapping[str, Any], console: Console) -> None:
    title = "Calibration error in ten equal-mass bins (its floor)"
    table = table_of("votes", "gold", *UNFITTED, OURS, title=title)
    for group, sizes in found.items():
        for n, one in sizes.items():
            errors = [one["pooled"][way] for way in (*UNFITTED, OURS)]
            table.add_row(group, n, *(f"{x['error']:.3f} ({x['floor']:.3f})" for x in errors))
        table.add_section()
    console.print(table)


def _data(name: str) -> str:
    return name.partition(", ")[0]


def _interval(found: Sequence[float], digits: int = 2) -> str:
    """A figure with its interval.

    >>> _interval([0.5, -0.25, 1.0])
    '+0.50 (-0.25..+1.00)'
    """
    figure, low, high = (f"{x:+z.{digits}f}" for x in found)
    return f"{figure} ({low}..{high})"
