"""Documents in parts, and the parts that are like what a program is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemist.core.documents import Document
from alchemist.writer.passages import SIZE, Passage, most_alike, passages_of

GUIDE = """Before any heading.

# Moderation

## Links

A link to a shop is spam.
A link to the lyrics is not.

Short links hide where they lead.

## Music ##

An opinion about the song is ham.

# Law
#hashtags are no heading

Rules of the country.
"""


def parts(content: str) -> list[tuple[str, str]]:
    return [(x.headings, x.text) for x in passages_of(Document("guide.md", content))]


def test_paragraphs_of_one_heading_stand_together_under_their_headings() -> None:
    assert parts(GUIDE) == [
        ("", "Before any heading."),
        (
            "Moderation > Links",
            "A link to a shop is spam.\nA link to the lyrics is not.\n\nShort links hide where they lead.",
        ),
        ("Moderation > Music", "An opinion about the song is ham."),
        ("Law", "#hashtags are no heading\n\nRules of the country."),
    ]


def test_passages_are_numbered_and_named_by_their_document() -> None:
    found = passages_of(Document("guide.md", GUIDE))
    assert [x.source for x in found] == [f"[guide.md, part {n}]" for n in (1, 2, 3, 4)]
    assert str(found[0]) == "[guide.md, part 1] Before any heading."
    assert str(found[2]) == "[guide.md, part 3] Moderation > Music\nAn opinion about the song is ham."


def test_a_passage_holds_about_200_words() -> None:
    paragraph = "Ten words that stand here for a paragraph of text. "
    found = passages_of(Document("long.txt", f"{paragraph.strip()}\n\n" * 200))
    assert {len(x.text.split()) for x in found[:-1]} == {200}


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("This sentence has seven words in it. " * 100, "."),
        ("这句话没有空格。" * 200, "。"),
        ("One line of a page without a stop\n" * 100, "stop"),
    ],
    ids=["English", "Chinese", "lines"],
)
def test_a_long_paragraph_is_cut_after_a_sentence(text: str, end: str) -> None:
    found = parts(text)
    assert len(found) > 2
    assert all(x.endswith(end) and len(x.encode()) <= 4 * SIZE for _, x in found)
    assert "".join("".join(x.split()) for _, x in found) == "".join(text.split())


def test_a_sentence_without_end_is_cut_between_words() -> None:
    found = parts("word " * 1_000)
    assert all(set(x.split()) == {"word"} for _, x in found)
    assert sum(len(x.split()) for _, x in found) == 1_000


def test_a_heading_with_nothing_below_it_is_text() -> None:
    assert parts("# Spam\n## Shops\n## Links\n# Ham") == [("Spam", "Shops"), ("Spam", "Links"), ("", "Ham")]
    assert parts("# Spam") == [("", "Spam")]


def test_headings_are_closed_and_cut() -> None:
    long = "long " * 40
    assert parts(f"# {long}\n## C# ##\ntext") == [(f"{long[:80]} > C", "text")]
    assert parts("# " + "# " * 10_000 + "x\ntext") == [(("# " * 40), "text")]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400).map(lambda x: x * 9))
def test_no_word_is_lost_and_no_passage_too_large(text: str) -> None:
    found = parts("." + text)
    assert all(len(x.encode()) <= 4 * SIZE and x.strip() for _, x in found)
    whole = "".join(f"{headings}{x}" for headings, x in found)
    assert {x for x in text if x.isalnum()} <= set(whole)


SHOP = Passage("a", 1, "", "A link to a shop is spam, and so are shops in any language.")
SONG = Passage("a", 2, "", "An opinion about the song is ham, however rude.")
LAW = Passage("b", 1, "Law", "The law of the country forbids insults.")
REFUND = Passage("b", 2, "", "退款政策说明。")
ALL = [SHOP, SONG, LAW, REFUND]


def best(query: str, beside: str = "") -> Passage:
    ((found,),) = most_alike(ALL, [query], beside, budget=20)
    return found


def test_the_passage_that_shares_words_is_found() -> None:
    assert best("What fans say about a song") == SONG
    assert best("shopping") == SHOP  # another form of a word
    assert best("LAWFUL insult") == LAW
    assert best("我要退款") == REFUND


def test_headings_are_looked_at_too() -> None:
    assert best("Law") == LAW


def test_words_of_annotated_tasks_help_where_the_query_says_nothing() -> None:
    assert best("xyz", "you insult my country") == LAW
    assert best("a shop", "you insult my country") == SHOP


def test_several_passages_stand_in_the_order_of_the_documents_within_the_budget() -> None:
    assert most_alike(ALL, ["the law and the song"], budget=60) == [[SHOP, SONG, LAW]]
    assert most_alike(ALL, ["the law and the song"], budget=5) == [[]]


def test_another_idea_sees_another_passage() -> None:
    """The same query three times: what was quoted before counts less."""
    queries = ["the song, the song, and the law"] * 3
    assert most_alike(ALL, queries, budget=20) == [[LAW], [SONG], [LAW]]


def test_what_shares_no_word_is_quoted_only_where_nothing_does() -> None:
    assert most_alike(ALL, ["the song"]) == [[SONG, LAW]]
    assert most_alike(ALL, ["xyz"]) == [ALL]


def test_without_documents_nothing_is_found() -> None:
    assert most_alike([], ["a", "b"]) == [[], []]
    assert most_alike(ALL, []) == []
