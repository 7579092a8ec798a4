"""Settings -> parts. The only file that chooses."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from alchemist.aggregation.weights import majority, posterior
from alchemist.core.brief import Writer
from alchemist.core.corrections import News
from alchemist.core.editions import NO_EDITION, Edition, Threshold
from alchemist.core.errors import (
    AlchemistError,
    BadLabelConfig,
    BudgetSpent,
    LabelStudioAway,
    LabelStudioRefused,
    ProjectGone,
)
from alchemist.core.jobs import FALLBACK, PREPARE, PUBLISH, REGENERATE, REVIEW, SWEEP, THIN, TRAIN
from alchemist.core.ledger import ANSWER, Call, Price, dollars
from alchemist.core.overrides import share
from alchemist.core.ports import Project, Studio
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Source
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.core.work import Work, remembering
from alchemist.fallback import fall_back
from alchemist.improve import prepare, publish, regenerate, review, thin
from alchemist.labelstudio.client import StudioProject, backend_auth
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.convert import results
from alchemist.labelstudio.heard import HeardProject
from alchemist.labelstudio.wire import tasks_from
from alchemist.meeting import fits, follow, meet
from alchemist.predict import predict
from alchemist.resources import shipped
from alchemist.sandbox.contract import MODULES, Limits
from alchemist.sandbox.monty import lacks, vote
from alchemist.settings import Settings
from alchemist.state import documents, ledger
from alchemist.state.database import open_database
from alchemist.state.store import SqlStore
from alchemist.writer.library import FolderWriter, ProgramFile, read_folder

if TYPE_CHECKING:
    from alchemist.writer.asking import TaskAsker
    from alchemist.writer.endpoint import Endpoint
    from alchemist.writer.rehearsal import Rehearsal

log = logging.getLogger(__name__)
Tell = Callable[[str], None]

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


class Services:
    """The parts that doors use, made of settings."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.files: list[ProgramFile] = read_folder(Path(settings.programs)) if settings.programs else []
        self.folder = FolderWriter(self.files)
        self.timeouts: Counter[str] = Counter()
        self.refusals: dict[str, BudgetSpent] = {}

    @cached_property
    def store(self) -> SqlStore:
        """What is kept."""
        return SqlStore(open_database(self.settings.database))

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
            follow(project, action, body, self.store, eager=self._writes_with(project) != "llm")
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
        wanted = share(str(project.settings.get("fallback", self.settings.fallback)))
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

    def work(self, project: Project, tell: Tell, studio: Studio | None = None, writer: Writer | None = None) -> Work:
        """A project at work, in Label Studio and with its own writer, unless others are given."""
        from alchemist.aggregation.gold import cross_fitted, fit_gold, gold_only

        combiner = str(project.settings.get("combiner", self.settings.combiner))
        seed = self.settings.seed
        return Work(
            project,
            read_config(project.label_config),
            self.store,
            studio or self.studio(project, tell),
            writer or self.writer(project, tell),
            vote,
            lambda rows, gold, taught: fit_gold(rows, gold, combiner, seed, taught=taught),
            remembering(lambda rows, gold, taught: cross_fitted(rows, gold, combiner, seed, taught=taught)),
            remembering(lambda rows, gold, taught: gold_only(rows, gold, seed, taught=taught)),
            posterior,
            seed,
            int(str(project.settings.get("keep_programs", self.settings.keep_programs))),
            self.threshold(project.settings),
            time.time,
            tell,
        )

    def threshold(self, settings: Mapping[str, Any]) -> Threshold:
        """What becomes of uncertain answers under a project's settings."""
        score = float(str(settings.get("threshold", self.settings.threshold)))
        return Threshold(score, str(settings.get("below", self.settings.below)))

    def studio(self, project: Project, tell: Tell) -> Studio:
        """The project in Label Studio, or, where its token is refused or its address is wrong, what it tells by itself.

        The settings win over what Label Studio said when it connected.
        """
        try:
            url, token = self.access(project)
            auth = backend_auth(self.settings.basic_auth_user, self.settings.basic_auth_pass)
            return StudioProject(url, token, project.id, project.label_config, tell, auth).checked()
        except (LabelStudioRefused, LabelStudioAway) as error:
            if isinstance(error, LabelStudioAway) and (self.settings.label_studio_url or project.serving):
                raise  # it was told where Label Studio is, or has been there: it will be back
            return HeardProject(f"{error.message}. {error.hint}")

    def access(self, project: Project) -> tuple[str, str]:
        """Label Studio's address and a token for it. Raises `LabelStudioRefused` where either is missing.

        `/setup` may come from anybody, so the key of the settings goes to the address of the settings, or to this
        machine, and nowhere else.
        """
        url = self.settings.label_studio_url or project.hostname
        if not self.settings.label_studio_api_key:
            token = project.access_token
        elif self.settings.label_studio_url or urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1"):
            token = self.settings.label_studio_api_key
        else:
            raise LabelStudioRefused(
                f"LABEL_STUDIO_API_KEY is not sent to {url}, an address that only a request named",
                "Set LABEL_STUDIO_URL to Label Studio's address.",
            )
        if not token or not url:
            raise LabelStudioRefused(
                "there is no token for Label Studio", "Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY."
            )
        return url, token

    def writer(self, project: Project, tell: Tell) -> Writer:
        """Who writes for this project: its own setting, else the service's."""
        if self.files:
            return self.folder
        if self._writes_with(project) == "llm":
            return self._llm(project, tell, self.endpoint(project))
        from alchemist.writer.offline import OfflineWriter

        return OfflineWriter(read_folder(shipped("programs")), tell=tell)

    def _writes_with(self, project: Project) -> str:
        return self.settings.writes_with(str(project.settings.get("writer", "")))

    def rehearsal(self, project: Project, reply_characters: int) -> tuple[Work, Rehearsal] | None:
        """The project at work with a language model that nothing is sent to, known from its record alone.

        None where another writer writes for it. `reply_characters` is how long the replies are that it makes up.
        """
        from alchemist.writer.rehearsal import Rehearsal

        if self.files or self._writes_with(project) != "llm":
            return None
        model = self.language_model(project)
        recall = partial(ledger.kept_reply, self.store.engine, project.key, model)
        endpoint = Rehearsal(model, recall, reply_characters)
        writer = self._llm(project, lambda _: None, endpoint)
        return self.work(project, lambda _: None, HeardProject("a rehearsal"), writer), endpoint

    def _llm(self, project: Project, tell: Tell, endpoint: Endpoint) -> Writer:
        from alchemist.writer.llm import LlmWriter
        from alchemist.writer.prompts import Contract

        way = str(project.settings.get("way", self.settings.way))
        return LlmWriter(
            endpoint,
            Contract(sorted(MODULES - {"__future__"}), lacks()),
            tell,
            way,
            documents.listed(self.store.engine, project.key) if way == "documents" else [],
            int(str(project.settings.get("ask_for", self.settings.ask_for))),
        )

    def endpoint(self, project: Project) -> Endpoint:
        """The language model of a project, with the ledger that all its calls are kept in."""
        from alchemist.writer.endpoint import Endpoint

        engine, model = self.store.engine, self.language_model(project)
        price = self.price(project, model)
        project_budget = dollars(str(project.settings.get("budget_usd", "")))
        budgets = ledger.Budgets(dollars(self.settings.budget_usd), project_budget)

        def reserve(call: Call) -> Call:
            try:
                begun = ledger.reserve(engine, project.key, call, price, budgets)
            except BudgetSpent as error:
                self.refusals[project.key] = error
                raise
            self.refusals.pop(project.key, None)
            return begun

        return Endpoint(
            model,
            self.settings.openai_api_key,
            self.settings.openai_base_url,
            partial(ledger.keep, engine, project.key),
            partial(ledger.kept_reply, engine, project.key, model),
            price=price,
            reserve=reserve,
        )

    def asker(self, project: Project, tell: Tell) -> TaskAsker:
        """Who answers single tasks of this project."""
        from alchemist.writer.asking import TaskAsker

        of_project = (self.store.engine, project.key, ANSWER)
        endpoint = self.endpoint(project)
        return TaskAsker(endpoint, partial(ledger.answers, *of_project), partial(ledger.credit, *of_project), tell)

    def language_model(self, project: Project) -> str:
        """The name of the language model that this project asks."""
        return str(project.settings.get("llm", self.settings.llm))

    def price(self, project: Project, model: str) -> Price | None:
        """What a language model costs: as the project or the service says of its own one, else as is known."""
        from alchemist.writer.prices import price_of

        own = model == self.language_model(project)
        written = str(project.settings.get("llm_price", self.settings.llm_price)) if own else ""
        return price_of(model, self.settings.openai_base_url, written)

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
