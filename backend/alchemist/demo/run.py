"""`alchemist demo`: what a user does, done by a script, with real parts."""

from __future__ import annotations

import json
import random
import secrets
import signal
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from label_studio_sdk import LabelStudio
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, track

from alchemist.core.errors import AlchemistError
from alchemist.demo.processes import Login, Process, free_port, start_backend, start_label_studio
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.convert import answer_in

TITLE = "YouTube spam"
CONFIG = """<View>
  <Text name="comment" value="$comment"/>
  <Choices name="label" toName="comment" choice="single" showInline="true">
    <Choice value="spam"/>
    <Choice value="ham"/>
  </Choices>
</View>"""
DESCRIPTION = "Is this comment under a music video spam (promotion, links, begging for subscribers) or ham?"
EXEMPLARS = 24
PATIENCE = 300.0
"""Seconds for everything to be pre-annotated."""

console = Console()


def run(once: bool, label_studio: Path | None, folder: Path | None) -> None:
    """Start both servers, make the project, wait until it is pre-annotated, show the figures."""
    folder = (folder or Path(tempfile.mkdtemp(prefix="alchemist-demo-"))).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    login = _login(folder / "login.json")
    started: list[Process] = []
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends the demo ends both servers
    try:
        studio, backend = _start(started, label_studio, folder, login)
        sdk = LabelStudio(base_url=studio.url, api_key=login.token)
        project, labels = _project(sdk, backend)
        note = _wait(backend, project, len(labels))
        predicted, agreeing = _agreement(sdk, project, labels)
        _show(studio, backend, login, project, predicted, agreeing, len(labels), note)
        if not once:
            _stay(started)
    except KeyboardInterrupt:
        console.print("\nStopping.")
    finally:
        for process in reversed(started):
            process.stop()


def _login(file: Path) -> Login:
    """The demo's user; made once, kept in the demo's folder."""
    if file.exists():
        return Login(**json.loads(file.read_text()))
    login = Login("demo@example.com", secrets.token_urlsafe(9), secrets.token_hex(20))
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(login)))
    return login


def _start(started: list[Process], label_studio: Path | None, folder: Path, login: Login) -> tuple[Process, Process]:
    studio = start_label_studio(label_studio, folder / "label-studio", login, free_port(8080))
    started.append(studio)
    backend = start_backend(folder / "backend", free_port(9090))
    started.append(backend)
    with console.status("starting the backend"):
        backend.wait("/health", 60)
    console.print(f"The backend answers at {backend.url}")
    with console.status("starting Label Studio (the first start takes about half a minute)"):
        studio.wait("/health", 300)
    console.print(f"Label Studio answers at {studio.url}")
    return studio, backend


def _project(sdk: LabelStudio, backend: Process) -> tuple[Any, dict[int, str]]:
    """The demo's project, and the data set's own labels of the tasks that nobody annotated."""
    lines = (Path(__file__).parent / "data" / "youtube_spam.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    known = {record["text"]: record["label"] for record in records}
    listed: Iterable[Any] = sdk.projects.list()
    project: Any = next((x for x in listed if x.title == TITLE), None)
    if project is None:
        project = sdk.projects.create(title=TITLE, description=DESCRIPTION, label_config=CONFIG)
        with console.status(f"importing {len(records):,} comments"):
            comments: list[Any] = [{"comment": x["text"]} for x in records]
            sdk.projects.import_tasks(project.id, request=comments)
        _annotate(sdk, project.id, known)
        console.print(f'Project "{TITLE}": {len(records):,} comments, {EXEMPLARS} of them annotated, the rest not')
    tasks: Iterable[Any] = sdk.tasks.list(project=project.id, fields="all", page_size=1000, resolve_uri=False)
    labels: dict[int, str] = {x.id: known[x.data["comment"]] for x in tasks if not x.annotations}
    _connect(sdk, project.id, backend)
    return project, labels


def _annotate(sdk: LabelStudio, project: int, known: dict[str, str]) -> None:
    """What a person does first: annotate a few tasks, here with the data set's own labels."""
    tasks: list[Any] = list(sdk.tasks.list(project=project, fields="task_only", page_size=1000, resolve_uri=False))
    for task in track(random.Random(0).sample(tasks, EXEMPLARS), "annotating", console=console, transient=True):
        value = {"choices": [known[task.data["comment"]]]}
        region = {"id": "r", "from_name": "label", "to_name": "comment", "type": "choices", "value": value}
        sdk.annotations.create(task.id, result=[region])


def _connect(sdk: LabelStudio, project: int, backend: Process) -> None:
    """What Settings > Model > Connect Model does."""
    connected: Sequence[Any] = sdk.ml.list(project=project)
    if not connected:
        sdk.ml.create(project=project, url=backend.url, title="Alchemist")
    elif connected[0].url != backend.url:
        sdk.ml.update(connected[0].id, project=project, url=backend.url, title=connected[0].title)
    console.print("The backend is connected to the project")


def _wait(backend: Process, project: Any, size: int) -> str:
    """Watch the backend until its predictions stand in Label Studio; which programs vote, in words."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    ends = time.monotonic() + PATIENCE
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("pre-annotating", total=size)
        while time.monotonic() < ends:
            shown = httpx.get(backend.url, timeout=10).json()["projects"]
            ours = next((x for x in shown if x["key"].split(".")[0] == str(project.id)), None)
            job = (ours or {}).get("job") or {}
            if ours and ours["published"] == ours["edition"] and not job:
                writers = [x for question in ours["questions"] for x in question["writers"]]
                return ", ".join(f"{writers.count(x)} programs by {x}" for x in sorted(set(writers)))
            bars.update(bar, description=job.get("error") or job.get("progress") or "pre-annotating")
            time.sleep(0.3)
    raise AlchemistError(f"nothing was published within {PATIENCE:.0f} s", f"Its log: {backend.log}")


def _agreement(sdk: LabelStudio, project: Any, labels: dict[int, str]) -> tuple[int, int]:
    """How many tasks Label Studio holds a prediction for, and how many of those say what the data set says."""
    question = read_config(CONFIG).questions[0]
    version = sdk.projects.get(project.id).model_version
    answers = {
        prediction.task: answer_in(question, prediction.result)
        for prediction in sdk.predictions.list(project=project.id)
        if prediction.model_version == version
    }
    given = {task: answer for task, answer in answers.items() if answer is not None and task in labels}
    return len(given), sum(labels.get(task) == answer for task, answer in given.items())


def _show(
    studio: Process, backend: Process, login: Login, project: Any, predicted: int, agreeing: int, size: int, note: str
) -> None:
    console.print(
        Panel(
            f"{predicted:,} of {size:,} comments that nobody annotated are pre-annotated now.\n"
            f"{agreeing:,} of them ({agreeing / max(1, predicted):.1%}) agree with the data set's own labels, "
            f"which the writer never saw.\n{note}\n\n"
            f"Label Studio   {studio.url}/projects/{project.id}/data\n"
            f"Log in         {login.email}   {login.password}\n"
            f"The backend    {backend.url}",
            title=TITLE,
            expand=False,
        ),
        highlight=False,
    )


def _stay(started: Sequence[Process]) -> None:
    console.print("Press Ctrl-C to stop both.")
    while all(process.child.poll() is None for process in started):
        time.sleep(0.5)
    raise AlchemistError(f"{next(x.name for x in started if x.child.poll() is not None)} has ended")
