"""Which passages go with which idea or focus."""

from __future__ import annotations

from dataclasses import replace

from alchemist.core.brief import Brief, Exemplar, Mistake, Shortfall
from alchemist.core.documents import Document
from alchemist.core.tasks import Task
from alchemist.labelstudio.config import read_config
from alchemist.writer.prompts import Contract
from alchemist.writer.requests import Request, requests_of

CONFIG = read_config(
    '<View><Text name="text" value="$text"/><Choices name="label" toName="text">'
    '<Choice value="refund" hint="Money back"/><Choice value="delivery"/></Choices></View>'
)
BRIEF = Brief("Letters", "", "", CONFIG, CONFIG.questions[0], [Exemplar(Task({"text": "my parcel"}, 1), "delivery")])
FILLER = "Nothing of interest stands in this sentence. " * 20
TOPICS = (
    "Money goes back within a week.",
    "Warranty lasts two years.",
    "A parcel takes a day.",
    "Invoices are blue.",
    *(f"Colleague {n} likes tea." for n in range(5, 13)),
)
GUIDE = Document("guide.md", "\n\n".join(f"{topic} {FILLER}" for topic in TOPICS))
IDEAS = [("warranty", "What is said of a warranty."), ("invoices", "What is said of invoices.")]
SHORT = Shortfall(
    1, (), [("refund", "delivery", 1)], [Mistake(Task({"text": "invoice is wrong"}, 2), "refund", "delivery")]
)


def sources(requests: list[Request]) -> dict[str, list[str]]:
    return {x.name: x.sources for x in requests}


def of(brief: Brief, ideas: list[tuple[str, str]] = IDEAS) -> list[Request]:
    return requests_of(brief, Contract(["re"]), ideas, documents=[GUIDE])


def test_passages_are_like_the_idea_the_labels_and_the_annotated_tasks() -> None:
    alone = [("plain", "Any evidence.")]
    found = sources(of(BRIEF))
    assert {name: len(some) for name, some in found.items()} == {"warranty": 4, "invoices": 4}
    assert "[guide.md, part 2]" in found["warranty"]
    assert "[guide.md, part 4]" in found["invoices"]
    assert {"[guide.md, part 1]", "[guide.md, part 3]"} <= set(sources(of(BRIEF, alone))["plain"])


def test_a_focus_gets_passages_that_are_like_its_mistakes() -> None:
    found = sources(of(replace(BRIEF, shortfall=SHORT)))
    assert "[guide.md, part 4]" in found["mend refund->delivery"]


def test_without_documents_there_are_no_passages() -> None:
    requests = requests_of(BRIEF, Contract(["re"]), IDEAS, knowledge="Refunds are about money.")
    assert sources(requests) == {"warranty": [], "invoices": []}
    assert [x.about for x in requests] == [words for _, words in IDEAS]
    assert {x.values["knowledge"] for x in requests} == {"Refunds are about money."}
