from __future__ import annotations

import pytest

from alchemist.sandbox.check import parse
from alchemist.sandbox.rewrite import PRELUDE, rewrite


def rewritten(text: str) -> str:
    return rewrite(parse(text)).code.removeprefix(PRELUDE)


@pytest.mark.parametrize(
    ("call", "hoisted", "left"),
    [
        ("re.search('a', t)", "__rx__('a')", "__rx0__.search(t)"),
        ("re.search('a', t, re.I)", "__rx__('a', __re__.I)", "__rx0__.search(t)"),
        ("re.search('a', t, flags=re.I | re.M)", "__rx__('a', __re__.I | __re__.M)", "__rx0__.search(t)"),
        ("re.findall('a', t, 2)", "__rx__('a', 2)", "__rx0__.findall(t)"),
        ("re.split('a', t, 1, re.I)", "__rx__('a', __re__.I)", "__rx0__.split(t, 1)"),
        ("re.sub('a', 'b', t)", "__rx__('a')", "__rx0__.sub('b', t)"),
        ("re.sub('a', 'b', t, 1, re.I)", "__rx__('a', __re__.I)", "__rx0__.sub('b', t, 1)"),
        ("re.sub('a', f, t)", "__rx__('a')", "__sub__(__rx0__, f, t)"),
        ("re.subn('a', 'b', t, count=2)", "__rx__('a')", "__subn__(__rx0__, 'b', t, count=2)"),
        ("re.compile('a')", "__rx__('a')", "__rx0__"),
        ("re.compile('a', flags=re.I)", "__rx__('a', __re__.I)", "__rx0__"),
        ("re.compile(pattern='a').match(t)", "__rx__('a')", "__rx0__.match(t)"),
    ],
)
def test_a_constant_pattern_is_compiled_once_before_the_program(call, hoisted, left):
    assert rewritten(f"import re\ndef label(t):\n    return {call}\n") == (
        f"__rx0__ = {hoisted}\n\n"
        f"def __program__():\n    import re\n\n    def label(t):\n        return {left}\n    return label"
    )


@pytest.mark.parametrize(
    ("call", "left"),
    [
        ("re.search(p, t)", "__rx__(p).search(t)"),
        ("re.search(p, t, re.I)", "__rx__(p, re.I).search(t)"),
        ("re.search('a', t, flags)", "__rx__('a', flags).search(t)"),
        ("re.search('a' + b, t)", "__rx__('a' + b).search(t)"),
        ("re.escape(t)", "re.escape(t)"),
        ("re.search(*args)", "re.search(*args)"),
        ("re.search('a', **args)", "re.search('a', **args)"),
        ("p.sub(f, t)", "__sub__(p, f, t)"),
        ("p.sub('b', t)", "p.sub('b', t)"),
        ("p.sub(repl, string=t)", "p.sub(repl, string=t)"),
        ("next((x for x in t), None)", "next(iter((x for x in t)), None)"),
        ("next(iter(t))", "next(iter(t))"),
        ("other.search('a', t)", "other.search('a', t)"),
    ],
)
def test_another_call_goes_through_the_cache_or_stays_as_it_is(call, left):
    assert rewritten(f"import re\ndef label(t):\n    return {call}\n") == (
        f"def __program__():\n    import re\n\n    def label(t):\n        return {left}\n    return label"
    )


def test_equal_patterns_are_one_and_the_module_may_have_another_name():
    code = rewritten(
        "import re as r\ndef label(t):\n    return r.search('a', t) or r.match('a', t) or r.search('a', t, r.I)\n"
    )
    assert code.startswith("__rx0__ = __rx__('a')\n__rx1__ = __rx__('a', __re__.I)\n\ndef __program__():\n")
    assert "return __rx0__.search(t) or __rx0__.match(t) or __rx1__.search(t)" in code


def test_an_import_from_the_future_is_dropped():
    assert "__future__" not in rewritten("from __future__ import annotations\ndef label(task): return None\n")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def label(task):\n    x = 1\n    del x\n    return None\n", 3),
        ("\n\ndef helper():\n    yield 1\n\ndef label(task): return None\n", 4),
        ("import re\n\ndef label(task):\n    # a comment\n    return re.search('(', 'x')\n", 5),
        ("x = 1\ny = undefined\ndef label(task): return None\n", 2),
    ],
)
def test_an_error_at_loading_names_the_line_of_the_source_as_written(run, text, line):
    (column,) = run([text.lstrip("\n")], ["a"])
    line -= len(text) - len(text.lstrip("\n"))
    assert column.fault.kind == "broken"
    assert column.fault.message.startswith(f"line {line}: the sandbox cannot run it: ")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("re.sub('[a-z]+', lambda m: m.group().upper(), t)", "A1 BC2 A3 DE"),
        ("re.sub('[a-z]+', lambda m: '<' + m.group() + '>', t, count=2)", "<a>1 <bc>2 A3 de"),
        ("re.sub('[a-z]+', lambda m: 'x', t, flags=re.I)", "x1 x2 x3 x"),
        ("re.sub('([a-z]+)([0-9])', r'\\2\\1', t)", "1a 2bc A3 de"),
        ("re.compile('[0-9]').sub(up, t)", "a<1> bc<2> A<3> de"),
        ("str(re.subn('[0-9]', 'n', t))", "('an bcn An de', 3)"),
        ("str(re.subn('[0-9]', 'n', t, 2))", "('an bcn A3 de', 2)"),
        ("str(re.subn('[0-9]', up, t, count=1))", "('a<1> bc2 A3 de', 1)"),
        ("str(re.split('[0-9] ?', t, maxsplit=1))", "['a', 'bc2 A3 de']"),
        ("str(re.findall('[a-z]', t, re.I))", "['a', 'b', 'c', 'A', 'd', 'e']"),
        ("str(next((x for x in t if x.isdigit()), 'none'))", "1"),
        ("str(next((x for x in t if x == '?'), 'none'))", "none"),
        ("' '.join(m.group() for m in re.finditer('[a-z]{2}', t))", "bc de"),
    ],
)
def test_what_was_rewritten_gives_what_python_gives(run, expression, expected):
    helpers = "import re\n\ndef up(m):\n    return '<' + m.group() + '>'\n\n"
    namespace: dict = {}
    exec(f"{helpers}def value(t):\n    return {expression}\n", namespace)
    assert namespace["value"]("a1 bc2 A3 de") == expected
    answer = f"'yes' if ({expression}) == {expected!r} else 'no'"
    program = f"{helpers}def label(task):\n    t = task['text']\n    return {answer}\n"
    (column,) = run([program], ["a1 bc2 A3 de"])
    assert (column.codes.tolist(), column.fault) == ([0], None)
