from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.programs import Source, source

ABSTAIN = "def label(task):\n    return None\n"
ABSTAIN_ID = "p1:c9e64fa2fe9a50b7f863f5f8753e9e62d3e1435c35cc4e2c8e6ea64fa32e58c6"

LINES = st.lists(st.text(alphabet="ab \t=#", max_size=6), min_size=1, max_size=6)


@pytest.mark.parametrize(
    "written",
    [
        ABSTAIN,
        "def label(task):\n    return None",
        "def label(task):\r\n    return None\r\n",
        "def label(task):\r    return None\r",
        "def label(task):   \n    return None\t \n",
        "\n\ndef label(task):\n    return None\n\n\n",
        "\ufeffdef label(task):\n    return None\n",
    ],
)
def test_the_same_program_written_differently_is_one_source(written):
    assert source(written) == Source(ABSTAIN)
    assert source(written).id == ABSTAIN_ID


@pytest.mark.parametrize(
    "other",
    [
        "def label(task):\n\n    return None\n",
        "def label(task):\n  return None\n",
        "def label(task): return None\n",
        "def label(task):\n    return None  # nothing\n",
    ],
)
def test_another_text_is_another_source(other):
    assert source(other).id != ABSTAIN_ID


def test_a_byte_order_mark_inside_a_string_is_part_of_the_program():
    assert (
        source('def label(task):\n    return "\ufeff" in task\n').text
        == 'def label(task):\n    return "\ufeff" in task\n'
    )


def test_an_empty_text_is_one_empty_line():
    assert source("").text == source("\r\n  \n").text == "\n"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_the_canonical_form_is_its_own_canonical_form(text):
    once = source(text)
    assert source(once.text) == once
    assert once.text.endswith("\n")
    assert "\r" not in once.text


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.text(alphabet=" \t", max_size=3))
def test_line_ends_and_trailing_blanks_do_not_matter(lines, end, blanks):
    assert source(end.join(line + blanks for line in lines)).id == source("\n".join(lines)).id
