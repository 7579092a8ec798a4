"""Settings -> parts. The only file that chooses."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from alchemist.aggregation.weights import posterior
from alchemist.core.brief import Writer
from alchemist.core.editions import Threshold
from alchemist.core.errors import BudgetSpent, LabelStudioAway, LabelStudioRefused
from alchemist.core.ledger import ANSWER, Call, Price, dollars
from alchemist.core.ports import Project, Studio
from alchemist.core.work import Work, remembering
from alchemist.labelstudio.client import StudioProject, backend_auth
from alchemist.labelstudio.config import read_config
from alchemist.labelstudio.heard import HeardProject
from alchemist.resources import shipped
from alchemist.sandbox.contract import MODULES
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

Tell = Callable[[str], None]


class Parts:
    """The parts of each project, made of the service's settings and of its own, which win."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.files: list[ProgramFile] = read_folder(Path(settings.programs)) if settings.programs else []
        self.folder = FolderWriter(self.files)
        self.refusals: dict[str, BudgetSpent] = {}

    @cached_property
    def store(self) -> SqlStore:
        """What is kept."""
        return SqlStore(open_database(self.settings.database))

    @property
    def reaches_language_model(self) -> bool:
        """Whether there is a key, or an address of an endpoint that may need none."""
        return bool(self.settings.openai_api_key or self.settings.openai_base_url)

    def setting(self, project: Project, name: str) -> str:
        """What is set for this project, or else for the service."""
        return _setting(project.settings, self.settings, name)

    def work(self, project: Project, tell: Tell, studio: Studio | None = None, writer: Writer | None = None) -> Work:
        """A project at work, in Label Studio and with its own writer, unless others are given."""
        from alchemist.aggregation.gold import cross_fitted, fit_gold, gold_only

        combiner, seed = self.setting(project, "combiner"), self.settings.seed
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
            int(self.setting(project, "keep_programs")),
            self.threshold(project.settings),
            time.time,
            tell,
        )

    def threshold(self, settings: Mapping[str, Any]) -> Threshold:
        """What becomes of uncertain answers under a project's settings."""
        score, below = (_setting(settings, self.settings, name) for name in ("threshold", "below"))
        return Threshold(float(score), below)

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
        if self.writes_with(project) == "llm":
            return self._llm(project, tell, self.endpoint(project))
        from alchemist.writer.offline import OfflineWriter

        return OfflineWriter(read_folder(shipped("programs")), tell=tell)

    def writes_with(self, project: Project) -> str:
        """The kind of writer that this project has: llm or offline."""
        return self.settings.writes_with(str(project.settings.get("writer", "")))

    def rehearsal(self, project: Project, reply_characters: int) -> tuple[Work, Rehearsal] | None:
        """The project at work with a language model that nothing is sent to, known from its record alone.

        None where another writer writes for it. `reply_characters` is how long the replies are that it makes up.
        """
        from alchemist.writer.rehearsal import Rehearsal

        if self.files or self.writes_with(project) != "llm":
            return None
        model = self.language_model(project)
        recall = partial(ledger.kept_reply, self.store.engine, project.key, model)
        endpoint = Rehearsal(model, recall, reply_characters)
        writer = self._llm(project, lambda _: None, endpoint)
        return self.work(project, lambda _: None, HeardProject("a rehearsal"), writer), endpoint

    def _llm(self, project: Project, tell: Tell, endpoint: Endpoint) -> Writer:
        from alchemist.writer.llm import LlmWriter
        from alchemist.writer.prompts import Contract

        way = self.setting(project, "way")
        return LlmWriter(
            endpoint,
            Contract(sorted(MODULES - {"__future__"}), lacks()),
            tell,
            way,
            documents.listed(self.store.engine, project.key) if way == "documents" else [],
            int(self.setting(project, "ask_for")),
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
        return self.setting(project, "llm")

    def price(self, project: Project, model: str) -> Price | None:
        """What a language model costs: as the project or the service says of its own one, else as is known."""
        from alchemist.writer.prices import price_of

        own = model == self.language_model(project)
        written = self.setting(project, "llm_price") if own else ""
        return price_of(model, self.settings.openai_base_url, written)


def _setting(own: Mapping[str, Any], settings: Settings, name: str) -> str:
    return str(own.get(name, getattr(settings, name)))
