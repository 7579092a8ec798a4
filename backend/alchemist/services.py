"""What the doors ask for: a project introduces itself, tasks are predicted, events are heard, jobs are done."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from alchemist.aggregation.weights import majority, posterior
from alchemist.core.corrections import News
from alchemist.core.editions import NO_EDITION, Edition
from alchemist.core.errors import AlchemistError, BadLabelConfig, ProjectGone
from alchemist.core.jobs import FALLBACK, PREPARE, PUBLISH, REGENERATE, REVIEW, SWEEP, THIN, TRAIN
from alchemist.core.overrides import share
from alchemist.core.ports import Project
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Source
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.core.work import Work
from alchemist.fallback import fall_back
from alchemist.improve import prepare, publish, regenerate, review, thin
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.convert import results
from alchemist.labelstudio.wire import tasks_from
from alchemist.meeting import fits, follow, meet
from alchemist.parts import Parts, Tell
from alchemist.predict import predict
from alchemist.sandbox.contract import Limits
from alchemist.sandbox.monty import vote
from alchemist.settings import Settings

log = logging.getLogger(__name__)

CHUNK = 500
"""Tasks that are predicted at a time."""
PATIENCE = 50.0
"""Seconds for one `/predict`: Label Studio waits 100 s, and stores what it got one by one (LIVE.md 10)."""


_DOES: dict[str, Callable[[Work, float, Settings], str]] = {
    PREPARE: lambda work, since, settings: prepare(work),
    REVIEW: lambda work, since, settings: review(work),
    SWEEP: lambda work, since, settings: review(work, whole=True),
    REGENERATE: lambda work, since, settings: regenerate(work, "alchemist", since),
    TRAIN: lambda work, since, settings: regenerate(work, "Start Training", since),
    PUBLISH: lambda work, since, settings: publish(work),
    THIN: lambda work, since, settings: thin(work, settings.keep_editions),
}


class Services(Parts):
    """What the doors ask for, done with the parts of each project."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.timeouts: Counter[str] = Counter()

    @property
    def suspended(self) -> set[str]:
        """Ids of programs that ran out of time too often and are not asked any more by this process."""
        return {source for source, count in self.timeouts.items() if count >= Limits().timeouts}

    def meet(self, project: Project) -> str:
        """`/setup`: the version to answer with. Never fails for what is in the config."""
        if not project.key:
            return NO_EDITION
        instant = self.folder if self.files else None
        try:
            config = read_config(project.label_config)
        except BadLabelConfig as error:
            self.store.save_project(project)
            log.info("project %s: %s", project.key, error.message)
            return NO_EDITION
        return meet(project, config, self.store, instant, majority, self.settings.seed)

    def answer(self, key: str, xml: str, items: Sequence[Any]) -> tuple[str, list[Any]]:
        """`/predict`: the version that answers, and one item a task, always: a prediction, or `[]` for none."""
        nothing: tuple[str, list[Any]] = (NO_EDITION, [[] for _ in items])
        known = self.store.project(key)
        xml = xml or (known.label_config if known else "")
        try:
            config = read_config(xml)
        except BadLabelConfig as error:
            log.warning("project %s: %s", key, error.message)
            return nothing
        edition = self.serving(key)
        if (edition is None or not fits(edition, config)) and key and config.questions:
            self.meet(Project(key, xml))
            edition = self.serving(key)
        if edition is None or not fits(edition, config):
            self.remember(key, items)
            return nothing
        found: list[Any] = []
        ends = time.monotonic() + PATIENCE
        while len(found) < len(items) and time.monotonic() < ends:
            tasks = tasks_from(items[len(found) : len(found) + CHUNK], config)
            found += results(xml, edition, tasks, self.predict(edition, tasks))
        if len(found) < len(items):  # what Label Studio would not wait for is stored by the worker
            self.store.enqueue(PUBLISH, key, urgent=True)
        return edition.name, found + nothing[1][len(found) :]

    def serving(self, key: str) -> Edition | None:
        """The edition that predicts for a project."""
        project = self.store.project(key)
        return self.store.edition(key, project.serving) if project and project.serving else None

    def predict(self, edition: Edition, tasks: Sequence[Task]) -> list[Prediction]:
        """The edition's answers; programs that keep running out of time are left out from then on."""
        return predict(edition, tasks, self._vote, posterior)

    def hear(self, told: tuple[int, float | None] | None, action: str, body: dict[str, Any]) -> str | None:
        """An event arrived: keep it, and see to it that a project without an edition is tried again; its key."""
        key = self._known(told)
        project = self.store.project(key) if key else None
        if key is None or project is None:
            return None
        with self.store.together():
            self.store.hear(key, action, body)
            title = body.get("project", {}).get("title") or project.title
            if title != project.title:
                self.store.save_project(Project(key, title=title))
            follow(project, action, body, self.store, eager=self.writes_with(project) != "llm")
        return key

    def remember(self, key: str, items: Sequence[Any]) -> None:
        """Keep tasks of a project that nothing predicts for yet: it may be all that is ever known of them."""
        whole = [x for x in items if isinstance(x, dict) and type(x.get("id")) is int and "data" in x]
        if whole and self.store.project(key):
            data = {x["id"]: x["data"] for x in whole if abs(x["id"]) < 2**63}
            self.store.learn(key, News(data=data), time.time())

    def do(self, kind: str, key: str, since: float, tell: Tell) -> str:
        """Do a job that was asked for at `since`; what was done, in words. Raises `AlchemistError`."""
        project = self.store.project(key)
        if project is None:
            return "the project is not known any more"
        if kind not in (*_DOES, FALLBACK):
            raise AlchemistError(f"no worker knows how to do {kind!r}")
        try:
            done = self._done(kind, project, since, tell)
            refused = self.refusals.get(key)
            if kind == PUBLISH:  # told with what was published without it
                self.refusals.pop(key, None)
            return f"{done}; {refused.message}. {refused.hint}" if refused and refused.message not in done else done
        except ProjectGone as error:
            self.store.forget(key)
            self.store.mark(key, swept_at=time.time())
            return f"{error.message}: what was kept of its tasks is deleted, its programs are kept"

    def _done(self, kind: str, project: Project, since: float, tell: Tell) -> str:
        wanted = share(self.setting(project, "fallback"))
        if kind == FALLBACK and not self.reaches_language_model:
            return "no task is asked about: set OPENAI_API_KEY, or OPENAI_BASE_URL of an endpoint that needs no key"
        work = self.work(project, tell)
        if kind == FALLBACK:
            return fall_back(work, self.asker(project, tell), wanted)
        done = _DOES[kind](work, since, self.settings)
        if kind == PUBLISH and wanted:
            self.store.enqueue(FALLBACK, project.key)
        return done

    def sweep(self, now: float) -> None:
        """Have every project looked at whose last whole reading is too old: an event may have been lost."""
        for key in self.store.unswept(now - self.settings.sweep_minutes * 60):
            self.store.enqueue(SWEEP, key)

    def catch_up(self) -> None:
        """Have every project read whole once this listens: what was told before is lost."""
        for key in self.store.unswept(time.time()):
            self.store.enqueue(SWEEP, key, urgent=True)

    def _known(self, told: tuple[int, float | None] | None) -> str | None:
        """The key of a project of which an event tells the id and, maybe, the time of creation.

        Label Studio writes that time in its own time zone into the key, so the nearest one is meant.
        """
        if told is None:
            return None
        keys = [x.key for x in self.store.projects() if x.id == told[0]]
        created = told[1]
        if created is None or len(keys) < 2:
            return keys[-1] if keys else None
        return min(keys, key=lambda key: abs(float(key.partition(".")[2] or 0) - created))

    def _vote(self, question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        suspended = self.suspended
        block = vote(question, [x for x in sources if x.id not in suspended], tasks)
        for column in block.columns:
            if column.fault and column.fault.kind in ("timeout", "suspended"):
                self.timeouts[column.source_id] += Limits().timeouts if column.suspended else 1
        for source_id in self.suspended - suspended:
            log.warning("program %s ran out of time too often and is suspended", source_id[:12])
        return block
