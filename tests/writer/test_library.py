from __future__ import annotations

from pathlib import Path

import pytest

from alchemist.core.errors import BadProgram, NotFound
from alchemist.core.programs import Entry, source
from alchemist.core.questions import Field, Label, LabelConfig, Question
from alchemist.writer.library import ProgramFile, bind, bound_to, normal, read_folder

LIBRARY = '''"""Says spam."""
LABELS = {"spam": ["junk", "Pourriel"], "ham": ["not spam", "legitimate"]}
FIELD = "text"


def label(task):
    text = task.get(FIELD) or ""
    return "spam" if "spam" in text else "ham"
'''
HAM_SPAM = LabelConfig((Question("label", "text", "choice", (Label("ham"), Label("spam")), "text"),), (Field("text"),))


def config(*labels: str, field: str = "text", others: tuple[str, ...] = ()) -> LabelConfig:
    question = Question("label", "text", "choice", tuple(Label(x) for x in labels), field)
    return LabelConfig((question,), tuple(Field(x) for x in (*others, field)))


def bound(text: str, to: LabelConfig, choose: bool = True) -> str:
    return bound_to(source(text), to.questions[0], to, choose).text


def refused(text: str, to: LabelConfig, choose: bool = True) -> str:
    with pytest.raises(BadProgram) as caught:
        bound(text, to, choose)
    return caught.value.message


def test_binding_writes_the_projects_names_in_and_takes_the_header_away():
    assert bound(LIBRARY, config("Legitimate", "Junk", field="comment")) == (
        '"""Says spam."""\n'
        "\n"
        "FIELD = 'comment'\n"
        "\n"
        "\n"
        "def label(task):\n"
        '    text = task.get(FIELD) or ""\n'
        "    return 'Junk' if \"spam\" in text else 'Legitimate'\n"
    )


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        (("ham", "spam"), "return 'spam' if \"spam\" in text else 'ham'"),
        (("SPAM", "Not-Spam"), "return 'SPAM' if \"spam\" in text else 'Not-Spam'"),
        (("pourriel", "légitimate"), "return 'pourriel' if \"spam\" in text else 'légitimate'"),
        (("not_spam", "  Junk! "), "return '  Junk! ' if \"spam\" in text else 'not_spam'"),
        (("it's junk?", "junk", "ham"), "return 'junk' if \"spam\" in text else 'ham'"),
        (("Ham", "Spam", "Unsure"), "return 'Spam' if \"spam\" in text else 'Ham'"),
    ],
)
def test_labels_are_found_by_synonym_without_case_accents_and_punctuation(labels, line):
    assert bound(LIBRARY, config(*labels)).splitlines()[-1].strip() == line


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (("good", "bad"), "no label of 'label' means 'spam'"),
        (("spam", "good"), "no label of 'label' means 'ham'"),
        (("spammy", "ham"), "no label of 'label' means 'spam'"),
    ],
)
def test_a_role_without_a_label_is_refused(labels, message):
    assert refused(LIBRARY, config(*labels)) == message


def test_two_roles_may_not_be_one_label():
    text = LIBRARY.replace('"junk"', '"legitimate"')
    assert refused(text, config("legitimate", "other")) == "two of its labels are one label of 'label'"


@pytest.mark.parametrize(
    ("to", "field"),
    [
        (config("ham", "spam", field="comment"), "'comment'"),
        (config("ham", "spam", field="body", others=("text", "title")), "'body'"),
        (LabelConfig((Question("label", "i", "choice", HAM_SPAM.questions[0].labels),), (Field("text"),)), "'text'"),
        (LabelConfig((Question("label", "i", "choice", HAM_SPAM.questions[0].labels),), (Field("a"),)), "'a'"),
        (LabelConfig((Question("label", "i", "choice", HAM_SPAM.questions[0].labels),), ()), "'text'"),
    ],
)
def test_the_field_is_the_one_that_is_labelled(to, field):
    assert f"FIELD = {field}\n" in bound(LIBRARY, to)


def test_roles_stand_only_in_the_returns_of_label():
    text = (
        'LABELS = {"spam": [], "ham": []}\n'
        "def kind(word):\n"
        '    return "spam"\n'
        "def label(task):\n"
        "    def inner():\n"
        '        return "ham"\n'
        '    words = {"spam": 1}\n'
        '    if kind("spam") in words: return "spam"\n'
        '    return ("ham" if inner() == "ham" else\n'
        '            "spam")\n'
    )
    assert bound(text, config("SPAM", "HAM")) == (
        "def kind(word):\n"
        '    return "spam"\n'
        "def label(task):\n"
        "    def inner():\n"
        '        return "ham"\n'
        '    words = {"spam": 1}\n'
        "    if kind(\"spam\") in words: return 'SPAM'\n"
        "    return ('HAM' if inner() == \"ham\" else\n"
        "            'SPAM')\n"
    )


def test_letters_of_many_bytes_before_an_edit_move_nothing():
    text = (
        'LABELS = {"spam": ["été"], "ham": ["Ω"]}  # 😀\n'
        'def label(task):\n    return "spam" if "日本😀" in task["text"] else "ham"  # é\n'
    )
    assert bound(text, config("Été", "Ω")) == (
        "  # 😀\ndef label(task):\n    return 'Été' if \"日本😀\" in task[\"text\"] else 'Ω'  # é\n"
    )


def test_a_header_over_several_lines_and_quotes_in_a_label_are_written_right():
    header = 'LABELS = {\n    "spam": ["it\'s spam"],\n    "ham": [],\n}\nFIELD = "text"\n'
    text = header + 'def label(task):\n    return "spam"\n'
    assert bound(text, config("It's spam", "ham")) == "FIELD = 'text'\ndef label(task):\n    return \"It's spam\"\n"


def headerless(*returns: str, reads: str = 'task["text"]') -> str:
    lines = [f"    if {reads} == {n}: return {x!r}\n" for n, x in enumerate(returns)]
    return "def label(task):\n" + "".join(lines) + "    return None\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (headerless("spam", "eggs"), "it returns 'eggs', which is not a label of 'label'"),
        ("def label(task):\n    return None\n", "it names no label of 'label'"),
        (headerless("spam", reads='task.get("subject")'), "it reads subject; the project has text"),
        (headerless("spam", reads='task["b"] or task.get("a")'), "it reads a, b; the project has text"),
        ("def label(task)\n", "not valid Python: expected ':' (<unknown>, line 1)"),
    ],
)
def test_a_program_without_a_header_must_seem_to_fit_where_there_is_a_choice(text, message):
    assert refused(text, HAM_SPAM) == message


@pytest.mark.parametrize(
    "text",
    [
        headerless("spam"),
        headerless("spam", "ham", reads='task.get("text", "")'),
        "ANSWER = 'spam'\ndef label(task):\n    return ANSWER if 'x' in str(task) else None\n",
        headerless("spam", reads='task.get("subject") or task["text"]'),
    ],
)
def test_a_program_without_a_header_that_fits_is_taken_as_it_stands(text):
    assert bound(text, HAM_SPAM) == text


def test_a_table_may_have_any_column():
    question = HAM_SPAM.questions[0]
    text = headerless("spam", reads='task["Age"]')
    assert bound(text, LabelConfig((question,), (Field("row", table=True),))) == text


def test_without_a_choice_any_program_without_a_header_is_taken():
    for text in (headerless("eggs"), headerless("spam", reads='task["b"]'), "def label(task):\n    return None\n"):
        assert bound(text, HAM_SPAM, choose=False) == text
    assert refused(LIBRARY, config("a", "b"), choose=False) == "no label of 'label' means 'spam'"


def test_a_panel_takes_what_fits_once_and_says_what_it_leaves_out():
    plain = source(headerless("spam"))
    files = [
        ProgramFile("a", plain),
        ProgramFile("again/a", plain),
        ProgramFile("b", None, "the reply holds no program"),
        ProgramFile("lib", source(LIBRARY)),
        ProgramFile("other", source(headerless("eggs"))),
    ]
    entries, left_out = bind(files, HAM_SPAM.questions[0], HAM_SPAM)
    assert entries == [
        Entry("a", plain, "folder"),
        Entry("lib", bound_to(source(LIBRARY), HAM_SPAM.questions[0], HAM_SPAM), "library v1"),
    ]
    assert left_out == [
        "again/a: it is the same program as one before it",
        "b: the reply holds no program",
        "other: it returns 'eggs', which is not a label of 'label'",
    ]


def written(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_a_folder_is_read_by_path_with_its_subfolders(tmp_path):
    program = headerless("spam")
    folder = written(
        tmp_path,
        b_dot_py=program,
        spam__a_dot_py="\ufeff" + program,
        spam__a_dot_cases_dot_json="[]",
        reply_dot_md=f"Words.\n```python\n{program}```\n",
        prose_dot_md="Nothing here.",
        README_dot_md=f"```python\n{program}```\n",
        spam__readme_dot_md=f"```python\n{program}```\n",
        notes_dot_txt=program,
    )
    assert read_folder(folder) == [
        ProgramFile("b", source(program)),
        ProgramFile("prose", None, "the reply holds no program"),
        ProgramFile("reply", source(program)),
        ProgramFile("spam/a", source(program)),
    ]


def test_a_file_that_is_not_text_is_left_out(tmp_path):
    (tmp_path / "latin.py").write_bytes("# é\n".encode("latin-1"))
    (file,) = read_folder(tmp_path)
    assert (file.source, file.problem.startswith("'utf-8' codec can't decode")) == (None, True)


def test_a_folder_without_programs_is_named(tmp_path):
    with pytest.raises(NotFound) as caught:
        read_folder(written(tmp_path, README_dot_md="Hello."))
    assert caught.value.message == f"{tmp_path} holds no programs"
    with pytest.raises(NotFound) as caught:
        read_folder(tmp_path / "none")
    assert caught.value.message == f"there is no folder {tmp_path / 'none'}"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Not-Spam ", "not spam"),
        ("NOT_SPAM", "not spam"),
        ("Négatif", "negatif"),
        ("Straße", "strasse"),
        ("Sci/Tech", "sci tech"),
        ("ﬁne", "fine"),
        ("!?", ""),
        ("", ""),
    ],
)
def test_names_are_compared_without_case_accents_and_punctuation(name, plain):
    assert normal(name) == plain
