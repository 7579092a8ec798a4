"""`alchemist connect` and `alchemist doctor`."""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.console import Console

from alchemist.core.errors import AlchemistError, BadSetting
from alchemist.core.ports import Project
from alchemist.core.programs import source
from alchemist.core.questions import Label, Question
from alchemist.core.tasks import Task
from alchemist.labelstudio.client import StudioProject
from alchemist.labelstudio.connect import Connection, Finding, token_kind
from alchemist.sandbox.monty import vote
from alchemist.services import Services
from alchemist.settings import Settings, read_settings
from alchemist.state.jobs import open_jobs
from alchemist.web.auth import authorization

console = Console()


def connect(project: int) -> None:
    """Create or repair the ML backend and the webhook; show what was done."""
    services = Services(read_settings())
    for line in _connection(services, _known(services, project)).connect(project):
        console.print(line, markup=False, highlight=False)


def doctor(project: int | None) -> None:
    """Print a line for each thing that was looked at; exit code 1 when something is wrong."""
    settings = read_settings()
    bad = 0
    for finding in _findings(settings, project):
        bad += not finding.good
        console.print(
            f"{'ok ' if finding.good else 'BAD'}  {finding.what}: {finding.seen}", markup=False, highlight=False
        )
        if not finding.good and finding.mend:
            console.print(f"     {finding.mend}", markup=False, highlight=False)
    if bad:
        raise SystemExit(1)


def _findings(settings: Settings, number: int | None) -> Iterator[Finding]:
    try:
        services = Services(settings)
        projects = services.store.projects()
        yield Finding("state", True, f"{services.store.engine.dialect.name}, {len(projects)} projects known")
    except AlchemistError as error:
        yield Finding("state", False, error.message, error.hint)
        return
    yield from _jobs(services)
    yield _sandbox()
    yield _writer(settings)
    yield _queue(settings)
    known = _known(services, number)
    yield from _label_studio(services, known)
    if number is not None:
        try:
            yield from _connection(services, known).findings(number)
        except AlchemistError as error:
            yield Finding(f"project {number}", False, error.message, error.hint)


def _jobs(services: Services) -> Iterator[Finding]:
    for job in open_jobs(services.store.engine):
        waiting = float(str(job["due"])) < time.time() - 60 and job["lease"] is None
        what = f"job {job['kind']} of project {job['project']}"
        if job["error"]:
            yield Finding(what, False, f"attempt {job['attempts']} failed", str(job["error"]))
        elif waiting:
            yield Finding(what, False, "no worker takes it", "Run alchemist worker, or serve without --no-worker.")
        else:
            yield Finding(what, True, str(job["progress"]) or "waiting")


def _sandbox() -> Finding:
    question = Question("q", "t", "choice", (Label("a"), Label("b")))
    try:
        block = vote(question, [source('def label(task):\n    return "a"')], [Task({})])
    except AlchemistError as error:
        return Finding("sandbox", False, error.message, error.hint)
    return Finding("sandbox", list(block.columns[0].codes) == [0], "a program ran")


def _writer(settings: Settings) -> Finding:
    llm = settings.writer == "llm" or (settings.writer == "auto" and bool(settings.openai_api_key))
    if llm and not settings.openai_api_key and not settings.openai_base_url:
        return Finding(
            "writer", False, f"llm {settings.llm}, no key", "Set OPENAI_API_KEY, or ALCHEMIST_WRITER=offline."
        )
    return Finding("writer", True, f"llm {settings.llm}" if llm else "offline (no OPENAI_API_KEY)")


def _queue(settings: Settings) -> Finding:
    if not settings.redis_url:
        return Finding("queue", True, "workers look for jobs by themselves (no REDIS_URL)")
    from alchemist.queue import RedisQueue

    if not RedisQueue(settings.redis_url).answers():
        mend = "Start it or unset REDIS_URL; until then workers look for jobs by themselves."
        return Finding("queue", False, "Redis does not answer", mend)
    return Finding("queue", True, "Redis answers")


def _label_studio(services: Services, project: Project) -> Iterator[Finding]:
    try:
        url, token = services.access(project)
    except AlchemistError as error:
        yield Finding("Label Studio", False, error.message, error.hint)
        return
    try:
        StudioProject(url, token, 0, "", lambda _: None).checked()
        yield Finding("Label Studio", True, f"{url} takes the {token_kind(token)}")
    except AlchemistError as error:
        yield Finding("Label Studio", False, f"{token_kind(token)}: {error.message}", error.hint)
    if not services.settings.public_url:
        yield Finding(
            "public URL", False, "not set", "Set ALCHEMIST_PUBLIC_URL to this server's address as Label Studio sees it."
        )


def _known(services: Services, number: int | None) -> Project:
    """A project that has introduced itself, or an empty one."""
    projects = services.store.projects()
    found = [x for x in projects if x.id == number] or projects[:1]
    return found[-1] if found else Project(str(number or 0))


def _connection(services: Services, project: Project) -> Connection:
    settings = services.settings
    url, token = services.access(project)
    if not settings.public_url:
        raise BadSetting("ALCHEMIST_PUBLIC_URL is not set", "Set it to this server's address as Label Studio sees it.")
    user, password = settings.basic_auth_user, settings.basic_auth_pass
    header = authorization(user, password) if user else ""
    return Connection(url, token, settings.public_url, user, password, header)
