"""The commands and their options; what they do is in the modules that they import when called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import alchemist

app = typer.Typer(
    name="alchemist",
    help="Labeling programs for Label Studio: pre-annotate, vote, learn from corrections.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Config = Annotated[Path, typer.Option("--config", help="Label config of the project (XML).")]
Programs = Annotated[Path, typer.Option("--programs", help="Folder of programs: *.py, or *.md replies.")]
Fit = Annotated[Path | None, typer.Option("--fit", help="Unlabelled tasks to fit the weights on (JSON or JSONL).")]
Combiner = Annotated[str | None, typer.Option("--combiner", help="snorkel or majority; default ALCHEMIST_COMBINER.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of fitting and ties; default ALCHEMIST_SEED.")]
Asked = Annotated[str | None, typer.Option("--question", help="Control tag, where the config has several.")]


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"alchemist {alchemist.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Labeling programs for Label Studio: pre-annotate, vote, learn from corrections."""


@app.command()
def evaluate(
    config: Config,
    programs: Programs,
    test: Annotated[Path, typer.Option("--test", help="Labelled tasks to measure on (JSON or JSONL).")],
    fit: Fit = None,
    label_field: Annotated[str, typer.Option("--label-field", help="Field of a task with the human label.")] = "label",
    question: Asked = None,
    combiner: Combiner = None,
    seed: Seed = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure a folder of programs on labelled tasks."""
    from alchemist.cli.evaluate import run

    run(config, programs, test, fit, label_field, question, combiner, seed, as_json)


@app.command()
def label(
    tasks: Annotated[Path, typer.Argument(help="Tasks to label (JSON or JSONL).")],
    config: Config,
    programs: Programs,
    fit: Fit = None,
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default standard output.")] = None,
    combiner: Combiner = None,
    seed: Seed = None,
) -> None:
    """Label a file of tasks: the tasks with predictions, ready to be imported into Label Studio."""
    from alchemist.cli.label import run

    run(tasks, config, programs, fit, out, combiner, seed)


@app.command()
def serve(
    programs: Annotated[
        Path | None, typer.Option("--programs", help="Folder of programs for every project whose labels fit.")
    ] = None,
    worker: Annotated[bool, typer.Option("--worker/--no-worker", help="Run a worker beside the server.")] = True,
) -> None:
    """Run the ML backend that Label Studio connects to."""
    from alchemist.cli.serve import run

    run(programs, worker)


@app.command()
def worker() -> None:
    """Do the jobs that take longer than a request: read, vote, fit, publish."""
    from alchemist.worker import run

    run()


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything is pre-annotated.")] = False,
    label_studio: Annotated[
        Path | None, typer.Option("--label-studio", help="The label-studio command to start; default: on the PATH.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where it keeps its data; default: a new one.")
    ] = None,
) -> None:
    """Start Label Studio and the backend with a project of YouTube comments, pre-annotated."""
    from alchemist.demo.run import run

    run(once, label_studio, folder)
