"""Asking a language model for the answers to single tasks, one prompt a task."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from alchemist.core.answers import Answer
from alchemist.core.brief import Brief
from alchemist.core.errors import LanguageModelError
from alchemist.core.ledger import ANSWER
from alchemist.core.questions import Question
from alchemist.core.tasks import Task
from alchemist.writer.endpoint import Endpoint, Messages
from alchemist.writer.exemplars import chosen
from alchemist.writer.prompts import WORDS_CHARACTERS, messages
from alchemist.writer.quoted import quoted, shown

UNSURE = "unsure"
"""What the model says where no label is clearly right."""
EXEMPLAR_TOKENS = 500
"""What the exemplars of a prompt may cost, in tokens: they are sent with every task."""
ANSWERED_CHARACTERS = 4_000
"""Characters of the task that is to be labelled, at most."""
CONCURRENCY = 4
AT_A_TIME = 200
"""Prompts that are made before the first of them is sent, at most."""
_HERE = "\x00"  # where the task goes: quoted text has no such character


def prompts(brief: Brief, tasks: Sequence[Task]) -> Iterator[Messages]:
    """The prompt for each task, in order; what stands before the task is the same in all."""
    exemplars = chosen(brief.exemplars, (), EXEMPLAR_TOKENS)
    values = {
        "title": quoted(brief.title),
        "description": quoted(brief.description, WORDS_CHARACTERS),
        "instructions": quoted(brief.instructions, WORDS_CHARACTERS),
        "question": brief.question.name,
        "labels": [{"name": x.name, "hint": quoted(x.hint or "")} for x in brief.question.labels],
        "exemplars": [{"task": shown(x.task), "answer": x.answer} for x in exemplars],
        "unsure": UNSURE,
        "task": _HERE,
    }
    system, user = messages(ANSWER, values)
    for task in tasks:
        asked = user["content"].replace(_HERE, shown(task, ANSWERED_CHARACTERS))
        yield [system, {"role": "user", "content": asked}]


def answer_in(reply: str, question: Question) -> Answer | None:
    """The label that a reply names, and nothing but names; None for anything else, which is no vote.

    >>> from alchemist.core.questions import Label
    >>> question = Question("label", "text", "choice", (Label("spam"), Label("ham")))
    >>> [answer_in(x, question) for x in (' "spam"', "ham", "unsure", "It is spam.")]
    ['spam', 'ham', None, None]
    """
    said = reply.strip()
    if len(said) > 1 and said[0] == said[-1] and said[0] in "\"'`":
        said = said[1:-1]
    return said if said in question.label_names else None


def about(question: Question, task: Task) -> str:
    """What a call is about: the content of a task, and the question with its labels.

    So a task is asked for once, whatever else changes in the prompt.
    """
    known = [question.name, list(question.label_names), dict(task.fields)]
    written = json.dumps(known, sort_keys=True, ensure_ascii=True, default=str)
    return "task:" + hashlib.sha256(written.encode()).hexdigest()


class TaskAsker:
    """Asks for the answers to single tasks, several at a time. The answers are in the ledger, and only there.

    `kept` gives language model and reply by what calls were about, the reply empty where none came; `credited` notes
    which program came of them and gives what they cost.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        kept: Callable[[Sequence[str]], Mapping[str, tuple[str, str]]],
        credited: Callable[[Sequence[str], str], float | None],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.endpoint = endpoint
        self.kept = kept
        self.credited = credited
        self.tell = tell

    def known(self, question: Question, tasks: Sequence[Task]) -> dict[str, tuple[str, Answer | None]]:
        """Who answered what so far, by task key: the language model, and None where it gave no label."""
        abouts = {task.key: about(question, task) for task in tasks}
        kept = self.kept(list(abouts.values()))
        found = {key: kept[name] for key, name in abouts.items() if name in kept}
        return {key: (model, answer_in(reply, question)) for key, (model, reply) in found.items()}

    def ask(self, brief: Brief, tasks: Sequence[Task]) -> LanguageModelError | None:
        """Ask for these, and have the answers kept; what kept some of them from being answered, if anything did."""
        outcomes: list[LanguageModelError | None] = []

        def one(task: Task, prompt: Messages) -> None:
            if _is_vain(outcomes):
                return
            try:
                self.endpoint.ask(ANSWER, prompt, str, about(brief.question, task))
                outcomes.append(None)
            except LanguageModelError as error:
                outcomes.append(error)
            self.tell(f"{self.endpoint.model} was asked about {len(outcomes)} of {len(tasks)} single tasks")

        asked = zip(tasks, prompts(brief, tasks), strict=True)
        with ThreadPoolExecutor(CONCURRENCY) as threads:
            while some := list(islice(asked, AT_A_TIME)):
                list(threads.map(one, *zip(*some, strict=True)))
                if _is_vain(outcomes):
                    break
        troubles = [x for x in outcomes if x is not None]
        return next((x for x in troubles if x.final), troubles[-1] if troubles else None)

    def credit(self, question: Question, tasks: Sequence[Task], source: str) -> float | None:
        """Note that a program came of what was said about these tasks; what that cost in US dollars, if it is known."""
        return self.credited([about(question, task) for task in tasks], source)


def _is_vain(outcomes: Sequence[LanguageModelError | None]) -> bool:
    """Whether to ask for more would be in vain: the endpoint refuses for good, or failed several times in a row."""
    last = outcomes[-CONCURRENCY:]
    return any(x is not None and x.final for x in last) or (len(last) == CONCURRENCY and None not in last)
