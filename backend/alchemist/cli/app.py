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

programs_app = typer.Typer(help="The programs of a project.", no_args_is_help=True)
project_app = typer.Typer(help="The projects and their settings.", no_args_is_help=True)
editions_app = typer.Typer(help="What predicts, what changed and why, and the way back.", no_args_is_help=True)
documents_app = typer.Typer(
    help="What a project's programs are written with, the way `documents`.", no_args_is_help=True
)
app.add_typer(programs_app, name="programs")
app.add_typer(project_app, name="project")
app.add_typer(editions_app, name="editions")
app.add_typer(documents_app, name="documents")

Number = Annotated[int, typer.Option("--project", help="Number of the project in Label Studio.")]
Config = Annotated[Path, typer.Option("--config", help="Label config of the project (XML).")]
LabelField = Annotated[str, typer.Option("--label-field", help="Field of a task with the human label.")]
Programs = Annotated[Path, typer.Option("--programs", help="Folder of programs: *.py, or *.md replies.")]
Fit = Annotated[Path | None, typer.Option("--fit", help="Unlabelled tasks to fit the weights on (JSON or JSONL).")]
Corrections = Annotated[
    Path | None, typer.Option("--corrections", help="Labelled tasks that the weights learn from (JSON or JSONL).")
]
Combiner = Annotated[
    str | None, typer.Option("--combiner", help="snorkel, majority or auto; default ALCHEMIST_COMBINER.")
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of fitting and ties; default ALCHEMIST_SEED.")]
Named = Annotated[str, typer.Argument(help="Number of the edition, or its name, or the beginning of its name.")]
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
    corrections: Corrections = None,
    label_field: LabelField = "label",
    question: Asked = None,
    combiner: Combiner = None,
    seed: Seed = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure a folder of programs on labelled tasks."""
    from alchemist.cli.evaluate import run

    run(config, programs, test, fit, corrections, label_field, question, combiner, seed, as_json)


@app.command()
def label(
    tasks: Annotated[Path, typer.Argument(help="Tasks to label (JSON or JSONL).")],
    config: Config,
    programs: Programs,
    fit: Fit = None,
    corrections: Corrections = None,
    label_field: LabelField = "label",
    out: Annotated[Path | None, typer.Option("--out", help="File to write; default standard output.")] = None,
    combiner: Combiner = None,
    seed: Seed = None,
) -> None:
    """Label a file of tasks: the tasks with predictions, ready to be imported into Label Studio."""
    from alchemist.cli.label import run

    run(tasks, config, programs, fit, corrections, label_field, out, combiner, seed)


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
    """Do the jobs that take longer than a request: read, write, fit, publish."""
    from alchemist.worker import run

    run()


@app.command()
def connect(
    project: Annotated[int, typer.Option("--project", help="Number of the project in Label Studio.")],
) -> None:
    """Create or repair a project's ML backend and its webhook in Label Studio."""
    from alchemist.cli.connect import connect as run

    run(project)


@app.command()
def doctor(
    project: Annotated[int | None, typer.Option("--project", help="Look at this project's connection too.")] = None,
) -> None:
    """Look at everything that can be wrong; each line says how to mend it."""
    from alchemist.cli.connect import doctor as run

    run(project)


@app.command()
def doubts(
    project: Number, as_json: Annotated[bool, typer.Option("--json", help="Print the labels as JSON.")] = False
) -> None:
    """Human labels that are worth a second look: what was learned from the others speaks against them."""
    from alchemist.cli.doubts import run

    run(project, as_json)


@app.command()
def write(
    config: Config,
    exemplars: Annotated[Path, typer.Option("--exemplars", help="Annotated tasks (JSON or JSONL).")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the programs.")],
    unlabelled: Annotated[Path | None, typer.Option("--unlabelled", help="Tasks without a label.")] = None,
    label_field: LabelField = "label",
    question: Asked = None,
    writer: Annotated[str | None, typer.Option("--writer", help="offline or llm; default ALCHEMIST_WRITER.")] = None,
    parts: Annotated[str, typer.Option("--parts", help="Offline: library, induced or both.")] = "both",
    way: Annotated[
        str | None, typer.Option("--way", help="llm: direct, knowledge or documents; default ALCHEMIST_WAY.")
    ] = None,
    document: Annotated[
        list[Path] | None, typer.Option("--document", help="A document for --way documents; several times for more.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="What the project is called.")] = "",
    description: Annotated[str, typer.Option("--description", help="What the labels mean.")] = "",
    seed: Seed = None,
) -> None:
    """Write programs for a label config from a few annotated tasks."""
    from alchemist.cli.write import run

    given = (title, description, way, document or [])
    run(config, exemplars, out, unlabelled, label_field, question, writer, parts, *given, seed)


@app.command()
def cost(
    project: Number,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="What the next run would send; nothing is sent.")] = False,
) -> None:
    """What a project's programs cost, and what asking a language model for every task would."""
    if dry_run:
        from alchemist.cli.forecast import run
    else:
        from alchemist.cli.cost import run

    run(project, as_json)


@programs_app.command("list")
def programs_list(project: Number) -> None:
    """The programs of a project: who wrote them, which vote, why the others do not."""
    from alchemist.cli.projects import programs_list as run

    run(project)


@programs_app.command("show")
def programs_show(project: Number, name: Annotated[str, typer.Argument(help="Name of the program.")]) -> None:
    """The source of a program."""
    from alchemist.cli.projects import programs_show as run

    run(project, name)


@programs_app.command("export")
def programs_export(project: Number, out: Annotated[Path, typer.Option("--out", help="Folder to write.")]) -> None:
    """Write the programs that vote into a folder."""
    from alchemist.cli.projects import programs_export as run

    run(project, out)


@programs_app.command("import")
def programs_import(project: Number, folder: Annotated[Path, typer.Argument(help="Folder of programs.")]) -> None:
    """Let the programs of a folder vote from the next edition on."""
    from alchemist.cli.projects import programs_import as run

    run(project, folder)


@project_app.command("list")
def project_list() -> None:
    """Every project that has introduced itself."""
    from alchemist.cli.projects import project_list as run

    run()


@project_app.command("show")
def project_show(project: Number) -> None:
    """What is known of a project."""
    from alchemist.cli.projects import project_show as run

    run(project)


@project_app.command("set")
def project_set(
    project: Number,
    settings: Annotated[list[str], typer.Argument(help="name=value; an empty value takes the setting back.")],
) -> None:
    """Set something for this project alone."""
    from alchemist.cli.projects import project_set as run

    run(project, settings)


@editions_app.command("list")
def editions_list(project: Number) -> None:
    """Every edition and every decision: when, by whom, why, and what became of it."""
    from alchemist.cli.editions import editions_list as run

    run(project)


@editions_app.command("show")
def editions_show(
    project: Number,
    name: Annotated[str | None, typer.Argument(help="Number or name; default: the one that serves.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """An edition's programs, held against people's answers."""
    from alchemist.cli.editions import editions_show as run

    run(project, name, as_json)


@editions_app.command("diff")
def editions_diff(project: Number, old: Named, new: Named) -> None:
    """What differs between two editions: programs, answers, corrections answered right."""
    from alchemist.cli.differences import editions_diff as run

    run(project, old, new)


@editions_app.command("rollback")
def editions_rollback(project: Number, name: Named) -> None:
    """Choose an earlier edition again; the worker publishes it."""
    from alchemist.cli.editions import editions_rollback as run

    run(project, name)


@editions_app.command("publish")
def editions_publish(project: Number) -> None:
    """Publish the chosen edition again: its predictions, and the project's model version."""
    from alchemist.cli.editions import editions_publish as run

    run(project)


@documents_app.command("add")
def documents_add(
    project: Number, files: Annotated[list[Path], typer.Argument(help="Text, Markdown or PDF files.")]
) -> None:
    """Give a project documents; one of a name that is there already takes its place."""
    from alchemist.cli.documents import documents_add as run

    run(project, files)


@documents_app.command("list")
def documents_list(project: Number) -> None:
    """The documents of a project."""
    from alchemist.cli.documents import documents_list as run

    run(project)


@documents_app.command("remove")
def documents_remove(project: Number, name: Annotated[str, typer.Argument(help="Name of the document.")]) -> None:
    """Take a document from a project."""
    from alchemist.cli.documents import documents_remove as run

    run(project, name)


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
