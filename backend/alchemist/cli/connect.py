"""`alchemist connect` and `alchemist doctor`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from alchemist.cli.panels import printable
from alchemist.cli.screen import console
from alchemist.core.errors import AlchemistError, BadSetting
from alchemist.core.ports import Project
from alchemist.core.programs import source
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.client import StudioProject
from alchemist.labelstudio.connect import Connection, Finding, check_address, token_kind
from alchemist.sandbox.monty import vote
from alchemist.services import Services
from alchemist.settings import Settings, read_settings
from alchemist.state.jobs import open_jobs
from alchemist.web.auth import authorization

PATIENCE = 60
"""Seconds after which a job that nobody takes is something wrong."""


def connect(project: int) -> None:
    """Create or repair the ML backend and the webhook; show what was done."""
    services = Services(read_settings())
    for line in _connection(services, _known(services, project)).connect(project):
        _say(line)


def doctor(project: int | None) -> None:
    """Print a line for each thing that was looked at; exit code 1 when something is wrong."""
    bad = 0
    for finding in _findings(read_settings(), project):
        bad += not finding.good
        _say(f"{'ok ' if finding.good else 'BAD'}  {finding.what}: {finding.seen}")
        if not finding.good and finding.mend:
            _say(f"     {finding.mend}")
    if bad:
        raise SystemExit(1)


def _say(line: str) -> None:
    """One line, whole: what is to be copied from it must not be broken."""
    console.print(printable(line), markup=False, highlight=False, soft_wrap=True)


def _findings(settings: Settings, number: int | None) -> Iterator[Finding]:
    yield _sandbox()
    yield _queue(settings)
    try:
        services = Services(settings)
        projects = services.store.projects()
        yield Finding("state", True, f"{services.store.engine.dialect.name}, {len(projects)} projects known")
    except AlchemistError as error:
        yield Finding("state", False, error.message, error.hint)
        yield _writer(settings, {})
        return
    known = _known(services, number)
    yield _writer(settings, known.settings if known.id == number else {})
    yield from _jobs(services)
    studio = [_label_studio(services, known), _public_url(settings)]
    yield from studio
    if number is not None and all(x.good for x in studio):
        try:
            yield from _connection(services, known).findings(number)
        except AlchemistError as error:
            yield Finding(f"project {number}", False, error.message, error.hint)


def _jobs(services: Services) -> Iterator[Finding]:
    now = time.time()
    for job in open_jobs(services.store.engine):
        what = f"job {job['kind']} of project {job['project']}"
        free = max(float(str(job["due"])), float(str(job["lease"] or 0)))
        runs = job["lease"] is not None and free >= now
        if job["error"]:
            failed = f"attempt {int(str(job['attempts'])) - runs} failed{', the next one runs' if runs else ''}"
            yield Finding(what, False, failed, str(job["error"]))
        elif free < now - PATIENCE:
            yield Finding(what, False, "no worker takes it", "Run alchemist worker, or serve without --no-worker.")
        else:
            yield Finding(what, True, str(job["progress"]) or "waiting")


def _sandbox() -> Finding:
    question = Question("q", "t", "choice", (Label("a"), Label("b")))
    try:
        block = vote(question, [source('def label(task):\n    return "a"')], [Task({})])
    except AlchemistError as error:
        return Finding("sandbox", False, error.message, error.hint)
    good = list(block.columns[0].codes) == [0]
    return Finding(
        "sandbox", good, "a program ran" if good else "a program did not run", "Install pydantic-monty again."
    )


def _writer(settings: Settings, own: Mapping[str, object]) -> Finding:
    """Who writes; `own` is what is set for the project alone."""
    asked = str(own.get("writer") or settings.writer)
    if settings.writes_with(asked) == "offline":
        return Finding("writer", True, f"offline{' (no OPENAI_API_KEY)' if asked == 'auto' else ''}")
    model = own.get("llm") or settings.llm
    if not settings.openai_api_key and not settings.openai_base_url:
        other = "writer=offline with alchemist project set" if own.get("writer") else "ALCHEMIST_WRITER=offline"
        return Finding("writer", False, f"llm {model}, no key", f"Set OPENAI_API_KEY, or {other}.")
    return Finding("writer", True, f"llm {model}")


def _queue(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding("queue", True, "workers look for jobs by themselves (no REDIS_URL)")
    from alchemist.queue import RedisQueue

    if not RedisQueue(settings.redis_url).answers():
        mend = "Start it or unset REDIS_URL; until then workers look for jobs by themselves."
        return Finding("queue", False, "Redis does not answer", mend)
    return Finding("queue", True, "Redis answers")


def _label_studio(services: Services, project: Project) -> Finding:
    token = ""
    try:
        url, token = services.access(project)
        StudioProject(url, token, 0, "", lambda _: None).checked()
    except AlchemistError as error:
        kind = f"{token_kind(token)}: " if token else ""
        return Finding("Label Studio", False, f"{kind}{error.message}", error.hint)
    return Finding("Label Studio", True, f"{url} takes the {token_kind(token)}")


def _public_url(settings: Settings) -> Finding:
    try:
        check_address(settings.public_url)
    except BadSetting as error:
        return Finding("public URL", False, error.message, error.hint)
    return Finding("public URL", True, settings.public_url)


def _known(services: Services, number: int | None) -> Project:
    """The project if it has introduced itself; else another one, whose Label Studio and token it may share."""
    projects = services.store.projects()
    found = [x for x in projects if x.id == number] or projects[:1]
    return found[-1] if found else Project(str(number or 0))


def _connection(services: Services, project: Project) -> Connection:
    settings = services.settings
    url, token = services.access(project)
    user, password = settings.basic_auth_user, settings.basic_auth_pass
    header = authorization(user, password) if user else ""
    return Connection(url, token, settings.public_url, user, password, header)
