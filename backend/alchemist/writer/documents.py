"""The text of a file that an admin gives a project: plain text, Markdown or PDF."""

from __future__ import annotations

import io
import logging
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from alchemist.core.documents import Document
from alchemist.core.errors import BadDocument
from alchemist.core.text import clean_text

MOST_BYTES = 20_000_000
"""Bytes of a file, at most."""
MOST_CHARACTERS = 2_000_000
"""Characters of its text, at most: about a thousand pages."""
NAME_CHARACTERS = 200
"""Characters of a document's name, at most."""
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DAMAGE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What reading a damaged PDF raises beside pypdf's own errors."""


def read_documents(paths: Sequence[Path], tell: Callable[[str], None] = lambda _: None) -> list[Document]:
    """The documents of several files, as `read_document` does; of one name only the last, aloud."""
    found: dict[str, Document] = {}
    for path in paths:
        document = read_document(path, tell)
        if document.name in found:
            tell(f"there are two files {document.name}: {path} takes the place of the one before it")
        found[document.name] = document
    return list(found.values())


def read_document(path: Path, tell: Callable[[str], None] = lambda _: None) -> Document:
    """A file as a document by its name; `tell` is called with what was left out.

    Raises `BadDocument` for a file that cannot be read, is too large, is protected, or holds no text.
    """
    content = _bytes(path)
    is_pdf = content[:1024].lstrip().startswith(b"%PDF-")
    text = _pdf(path.name, content, tell) if is_pdf else _plain(path.name, content)
    if len(text) > MOST_CHARACTERS:
        raise BadDocument(f"{path.name} holds {len(text):,} characters of text", _SPLIT)
    if not any(map(str.isalnum, text)):
        raise BadDocument(f"{path.name} holds no text", _SCANNED if is_pdf else "Give a file with text in it.")
    return Document(path.name, clean_text(text.replace("\0", " ")))


_SPLIT = f"Give the parts that matter: at most {MOST_CHARACTERS:,} characters a document."
_SCANNED = "It is probably scanned: have its text recognised (OCR) first."


def _bytes(path: Path) -> bytes:
    if len(path.name) > NAME_CHARACTERS or not path.name.isprintable():
        raise BadDocument(
            f"{path.name[:40]!r}... is no name for a document", f"Use at most {NAME_CHARACTERS} printable characters."
        )
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise BadDocument(f"{path.name} has {size:,} bytes", f"Give at most {MOST_BYTES:,} bytes a file.")
        return path.read_bytes()
    except OSError as error:
        raise BadDocument(f"{path} cannot be read: {error.strerror}", "Name a file.") from error


def _plain(name: str, content: bytes) -> str:
    try:
        text = content.decode("utf-16" if content.startswith(_MARKS) else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadDocument(f"{name} is no text in UTF-8, and no PDF", _FORMATS) from error
    if "\0" in text:
        raise BadDocument(f"{name} is no text: it holds binary data", _FORMATS)
    return text.replace("\r\n", "\n").replace("\r", "\n")


_FORMATS = "Give plain text or Markdown in UTF-8, or a PDF; save other formats as one of these."


def _pdf(name: str, content: bytes, tell: Callable[[str], None]) -> str:
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)  # it warns of every oddity that it reads over
    try:
        pages = list(_pages(name, content))
    except DependencyError as error:
        raise BadDocument(f"{name} is protected", _UNPROTECTED) from error
    except (PyPdfError, *_DAMAGE) as error:
        raise BadDocument(f"{name} is a damaged PDF ({type(error).__name__})", "Save it as a PDF anew.") from error
    empty = sum(not page.strip() for page in pages)
    if 0 < empty < len(pages):
        tell(f"{empty} of {len(pages)} pages of {name} hold no text and are left out. {_SCANNED}")
    return "\n\n".join(page for page in pages if page.strip())


_UNPROTECTED = "Save it without a password."


def _pages(name: str, content: bytes) -> Iterator[str]:
    """The text of each page, until there is more of it than a document may have."""
    from pypdf import PasswordType, PdfReader

    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
        raise BadDocument(f"{name} is protected with a password", _UNPROTECTED)
    characters = 0
    for page in reader.pages:
        text = page.extract_text()
        characters += len(text)
        if characters > MOST_CHARACTERS:
            raise BadDocument(f"{name} holds more than {MOST_CHARACTERS:,} characters of text", _SPLIT)
        yield text
