"""Settings -> parts. The only file that chooses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path

from alchemist.aggregation.weights import majority, posterior
from alchemist.core.editions import Edition
from alchemist.core.errors import LabelStudioRefused
from alchemist.core.ports import Project
from alchemist.core.predictions import Prediction
from alchemist.core.programs import Entry, Source
from alchemist.core.questions import LabelConfig, Question
from alchemist.core.tasks import Task
from alchemist.core.votes import VoteBlock
from alchemist.improve import PREPARE, meet, prepare
from alchemist.labelstudio.client import StudioProject
from alchemist.labelstudio.config import read_config
from alchemist.predict import predict
from alchemist.sandbox.monty import vote
from alchemist.settings import Settings
from alchemist.state.database import open_database
from alchemist.state.store import SqlStore
from alchemist.writer.library import ProgramFile, bind, read_folder

log = logging.getLogger(__name__)


class Services:
    """The parts that doors use, made of settings. `folder` holds programs for every project whose labels fit."""

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        self.settings = settings
        self.files: list[ProgramFile] = read_folder(folder) if folder else []
        self.suspended: set[str] = set()

    @cached_property
    def store(self) -> SqlStore:
        """What is kept."""
        return SqlStore(open_database(self.settings.database))

    def meet(self, project: Project) -> str:
        """`/setup`: the version to answer with."""
        config = read_config(project.label_config)
        return meet(project, config, self.store, self._bind, majority, self.settings.seed)

    def serving(self, key: str) -> Edition | None:
        """The edition that predicts for a project."""
        project = self.store.project(key)
        return self.store.edition(key, project.serving) if project and project.serving else None

    def hear_title(self, key: str, title: str) -> None:
        """An event told a project's title."""
        project = self.store.project(key)
        if project and project.title != title:
            self.store.save_project(Project(key, title=title))

    def known(self, told: tuple[int, float | None] | None) -> str | None:
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

    def predict(self, edition: Edition, tasks: Sequence[Task]) -> list[Prediction]:
        """The edition's answers; programs that keep running out of time are left out from then on."""
        return predict(edition, tasks, self._vote, posterior)

    def train(self, key: str) -> None:
        """Start Training was pressed: look again, soon."""
        self.store.enqueue(PREPARE, key, urgent=True)

    def prepare(self, key: str, tell: Callable[[str], None]) -> str:
        """The job: read, fit, publish."""
        from alchemist.aggregation.fit import fit

        project = self.store.project(key)
        if project is None:
            return "the project is not known any more"
        fitted = partial(fit, combiner=self.settings.combiner, seed=self.settings.seed)
        config = read_config(project.label_config)
        return prepare(project, config, self.store, self.studio(project, tell), vote, fitted, posterior, tell)

    def studio(self, project: Project, tell: Callable[[str], None]) -> StudioProject:
        """The project in Label Studio. The settings win over what Label Studio said when it connected."""
        token = self.settings.label_studio_api_key or project.access_token
        url = self.settings.label_studio_url or project.hostname
        if not token or not url:
            raise LabelStudioRefused(
                "there is no token for Label Studio", "Set LABEL_STUDIO_URL and LABEL_STUDIO_API_KEY."
            )
        return StudioProject(url, token, project.id, project.label_config, tell)

    def _bind(self, question: Question, config: LabelConfig) -> list[Entry]:
        return bind(self.files, question, config)[0]

    def _vote(self, question: Question, sources: Sequence[Source], tasks: Sequence[Task]) -> VoteBlock:
        block = vote(question, [x for x in sources if x.id not in self.suspended], tasks)
        for column in block.columns:
            if column.suspended:
                log.warning("program %s ran out of time too often and is suspended", column.source_id[:12])
                self.suspended.add(column.source_id)
        return block
