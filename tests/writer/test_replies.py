from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.errors import BadProgram
from alchemist.core.programs import Source
from alchemist.sandbox.check import check
from alchemist.writer.replies import program_in

REPLIES = Path(__file__).parents[1] / "data" / "completions" / "youtube" / "first" / "replies"

PROGRAM = "def label(task):\n    return None\n"
SECOND = "def label(task):\n    return 'b'\n"


@pytest.mark.parametrize(
    "reply",
    [
        PROGRAM,
        f"It abstains.\n\n```python\n{PROGRAM}```\n",
        f"It abstains.\n\n```\n{PROGRAM}```\n\nThat is all: def label(task) is above.\n",
        f'```py title="a.py"\n{PROGRAM}```',
        f"~~~python\n{PROGRAM}~~~\n",
        f"````python\n{PROGRAM}````\n",
        f"```python\n{PROGRAM}",
        f"Reply\r\n\r\n```python\r\n{PROGRAM}```\r\n".replace("\n", "\r\n").replace("\r\r\n", "\r\n"),
        f"```python\n{SECOND}```\nBetter:\n```python\n{PROGRAM}```\n",
        f"```python\n{PROGRAM}```\n```python\nprint(label({{}}))\n```\n",
        f"```json\n[1]\n```\n~~~python\n{PROGRAM}~~~\n```text\nlabel\n```\n",
        f"   ```python\n{PROGRAM}   ```\n",
    ],
)
def test_the_last_block_that_defines_label_is_the_program(reply):
    assert program_in(reply) == Source(PROGRAM)


def test_a_fence_of_another_kind_inside_a_program_does_not_end_it():
    program = 'def label(task):\n    return task["text"].count("```") and None\n# ```\n'
    assert program_in(f"~~~python\n{program}~~~\n") == Source(program)
    assert program_in(f"````python\n{program}````\n") == Source(program)


def test_a_program_in_a_list_item_is_taken_without_its_indentation():
    reply = "1. It abstains:\n\n   ```python\n   def label(task):\n       return None\n   ```\n"
    assert program_in(reply) == Source(PROGRAM)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot write such a program.",
        "```python\nprint('hello')\n```\n",
        "```python\ndef labels(task):\n    return None\n```\n",
        "```python\nclass A:\n    def label(task):\n        return None\n```\n",
        "Call def label(task) on every task.",
    ],
)
def test_a_reply_without_a_program_is_refused(reply):
    with pytest.raises(BadProgram) as caught:
        program_in(reply)
    assert caught.value.message == "the reply holds no program"
    assert caught.value.hint == "A reply must contain one fenced block with def label(task): ..."


def test_every_recorded_reply_holds_a_program_that_keeps_to_the_contract():
    programs = [program_in(path.read_text()) for path in sorted(REPLIES.glob("*.md"))]
    assert len({program.id for program in programs}) == 10
    for program in programs:
        check(program)
        assert "```" not in program.text


@given(
    st.text(st.characters(exclude_characters="`~", exclude_categories=["Cs"])), st.sampled_from(["```", "~~~", "`````"])
)
def test_prose_around_a_program_does_not_matter(prose, fence):
    assert program_in(f"{prose}\n{fence}python\n{PROGRAM}{fence}\n{prose}") == Source(PROGRAM)
