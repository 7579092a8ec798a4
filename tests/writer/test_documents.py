"""Files that an admin gives a project."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from alchemist.core.documents import Document
from alchemist.core.errors import BadDocument
from alchemist.writer import documents
from alchemist.writer.documents import read_document, read_documents
from tests.doubles.pdf import pdf, protected

Write = Callable[[str, bytes], Path]
GUIDE = "# Été\n\n退款 is spam.\n"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file; its path."""

    def written(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    return written


def refused(path: Path) -> tuple[str, str]:
    with pytest.raises(BadDocument) as caught:
        read_document(path)
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize(
    "content",
    [GUIDE.encode(), b"\xef\xbb\xbf" + GUIDE.replace("\n", "\r\n").encode(), GUIDE.encode("utf-16")],
    ids=["UTF-8", "with a mark and CR LF", "UTF-16"],
)
def test_text_is_read_as_it_stands(write: Write, content: bytes) -> None:
    assert read_document(write("guide.md", content)) == Document("guide.md", GUIDE)


def test_the_pages_of_a_pdf_stand_one_below_the_other(write: Write) -> None:
    found = read_document(write("guide.pdf", pdf("Links are spam.", "Café songs are ham.")))
    assert found == Document("guide.pdf", "Links are spam.\n\nCafé songs are ham.")


def test_a_pdf_is_known_by_what_is_in_it(write: Write) -> None:
    assert read_document(write("guide.txt", pdf("Links are spam."))).content == "Links are spam."


def test_a_pdf_that_opens_without_a_password_is_read(write: Write) -> None:
    assert read_document(write("guide.pdf", protected(pdf("Links are spam."), ""))).content == "Links are spam."


def test_pages_without_text_are_left_out_aloud(write: Write) -> None:
    told: list[str] = []
    found = read_document(write("guide.pdf", pdf("Links are spam.", "", "")), told.append)
    assert found.content == "Links are spam."
    assert told == [
        "2 of 3 pages of guide.pdf hold no text and are left out. "
        "It is probably scanned: have its text recognised (OCR) first."
    ]


WHOLE = pdf("Links are spam.")
FORMATS = "Give plain text or Markdown in UTF-8, or a PDF; save other formats as one of these."
SCANNED = "It is probably scanned: have its text recognised (OCR) first."


@pytest.mark.parametrize(
    ("name", "content", "message", "hint"),
    [
        ("a.txt", b"", "a.txt holds no text", "Give a file with text in it."),
        ("a.txt", b" \n__ --\n", "a.txt holds no text", "Give a file with text in it."),
        ("a.txt", b"caf\xe9", "a.txt is no text in UTF-8, and no PDF", FORMATS),
        ("a.docx", b"PK\x03\x04\x14\x00\x06\x00", "a.docx is no text: it holds binary data", FORMATS),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00", "a.png is no text in UTF-8, and no PDF", FORMATS),
        ("a.pdf", pdf("", ""), "a.pdf holds no text", SCANNED),
        (
            "a.pdf",
            protected(WHOLE, "secret"),
            "a.pdf is protected with a password",
            "Save it without a password.",
        ),
        ("a.pdf", WHOLE[:40], "a.pdf is a damaged PDF (PdfStreamError)", "Save it as a PDF anew."),
    ],
    ids=["empty", "signs", "Latin 1", "Word", "picture", "scanned", "password", "cut"],
)
def test_what_cannot_be_used_is_refused_with_what_to_do(
    write: Write, name: str, content: bytes, message: str, hint: str
) -> None:
    assert refused(write(name, content)) == (message, hint)


def test_a_damaged_pdf_is_text_or_a_refusal_wherever_it_is_damaged(write: Write) -> None:
    for place in range(0, len(WHOLE), 7):
        path = write("a.pdf", WHOLE[:place] + b"<<(" + WHOLE[place + 3 :])
        try:
            assert read_document(path).content
        except BadDocument as error:
            assert error.message.startswith("a.pdf ")


def test_a_pdf_with_a_newer_protection_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """AES needs a library that is not there."""
    import pypdf
    from pypdf.errors import DependencyError

    def decrypt(self: object, password: str) -> None:
        raise DependencyError("cryptography>=3.1 is required for AES algorithm")

    monkeypatch.setattr(pypdf.PdfReader, "decrypt", decrypt)
    message, hint = refused(write("a.pdf", protected(WHOLE, "")))
    assert (message, hint) == ("a.pdf is protected", "Save it without a password.")


def test_too_much_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_CHARACTERS", 20)
    assert refused(write("a.txt", b"x" * 21))[0] == "a.txt holds 21 characters of text"
    assert (
        refused(write("a.pdf", pdf("Links are spam.", "Songs are ham.")))[0]
        == "a.pdf holds more than 20 characters of text"
    )
    monkeypatch.setattr(documents, "MOST_BYTES", 20)
    assert refused(write("a.txt", b"x" * 21)) == ("a.txt has 21 bytes", "Give at most 20 bytes a file.")


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.txt")[0] == f"{tmp_path / 'none.txt'} cannot be read: No such file or directory"
    assert refused(tmp_path)[0] == f"{tmp_path} cannot be read: Is a directory"


@pytest.mark.parametrize("name", ["a" * 197 + ".txt", "a\nb.txt"])
def test_a_name_must_fit_into_a_prompt_and_into_the_database(write: Write, name: str) -> None:
    message, hint = refused(write(name, b"text"))
    assert message.endswith("is no name for a document")
    assert hint == "Use at most 200 printable characters."


def test_of_two_files_of_one_name_the_last_is_taken_aloud(write: Write) -> None:
    told: list[str] = []
    paths = [write("one/a.txt", b"first"), write("other/a.txt", b"second"), write("b.txt", b"third")]
    found = read_documents(paths, told.append)
    assert found == [Document("a.txt", "second"), Document("b.txt", "third")]
    assert told == [f"there are two files a.txt: {paths[1]} takes the place of the one before it"]
