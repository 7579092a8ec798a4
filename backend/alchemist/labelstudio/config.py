"""Label config (XML) -> questions, fields, and what is not supported yet."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from label_studio_sdk.label_interface.interface import LabelInterface

from alchemist.core.errors import BadLabelConfig
from alchemist.core.questions import Field, Label, LabelConfig, Question, Unsupported

_FIELD = re.compile(r"\$\{?([^\W\d]\w*(?:\.\w+|\[\d+\])*)")
_VALUE = re.compile(r"\$([^, {}]+)")
_PROLOG = re.compile(r"\A\s*<\?xml[^>]*\?>")
_READABLE = frozenset({"Text", "HyperText", "Paragraphs", "Table", "List", "Header", "Markdown", "Chat"})
_MOST = 500_000
_LATER = {
    "Taxonomy": "taxonomy",
    "Rating": "rating",
    "Number": "number",
    "Pairwise": "pairwise",
    "Ranker": "ranker",
    "DateTime": "datetime",
    "TextArea": "text",
}


@lru_cache(maxsize=256)
def read_config(xml: str | None) -> LabelConfig:
    """Read a label config. An empty one asks nothing. Raises `BadLabelConfig` for what is not XML."""
    if xml is None or not xml.strip():
        return LabelConfig((), ())
    interface = parse(xml)
    fields = _fields(interface)
    questions: list[Question] = []
    unsupported: list[Unsupported] = []
    readable = any(x.tag in _READABLE for x in interface.objects)
    elements = {x.get("name"): x for x in _elements(interface) if x.get("toName")}
    for control in interface.controls:
        read = _question(control, elements.get(control.name), readable)
        if isinstance(read, Question):
            questions.append(read)
        else:
            unsupported.append(read)
    unsupported += [
        Unsupported(str(x.tag), "", "it has no name")
        for x in _elements(interface)
        if x.get("toName") and not x.get("name")
    ]
    return LabelConfig(tuple(questions), fields, tuple(unsupported))


def warm() -> None:
    """Pay for the SDK's first parse and first validation now, not in a request."""
    choices = '<Choices name="c" toName="t"><Choice value="a"/><Choice value="b"/></Choices>'
    xml = f'<View><Text name="t" value="$t"/>{choices}</View>'
    region = {"id": "r", "from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["a"]}}
    parse(xml).validate_prediction({"result": [region], "score": 0.5, "model_version": "v"}, return_errors=True)


@lru_cache(maxsize=256)
def parse(xml: str) -> LabelInterface:
    """The SDK's view of a label config. Raises `BadLabelConfig`."""
    if len(xml) > _MOST:
        raise BadLabelConfig(f"the label config has {len(xml):,} characters; {_MOST:,} is the most")
    if re.search(r"<!(DOCTYPE|ENTITY)", xml, re.I):
        raise BadLabelConfig("the label config declares a document type", "Remove <!DOCTYPE ...> and <!ENTITY ...>.")
    try:
        return LabelInterface(_PROLOG.sub("", xml))
    except Exception as error:
        raise BadLabelConfig(
            f"the label config cannot be read: {str(error)[:300]}",
            "Open Settings > Labeling Interface > Code in Label Studio and mend the XML.",
        ) from error


def _fields(interface: LabelInterface) -> tuple[Field, ...]:
    """Every `$field` named anywhere in the config, in order of appearance."""
    tables = {_named(x.value) for x in interface.objects if x.tag == "Table"}
    found: dict[str, Field] = {}
    for element in _elements(interface):
        for value in element.attrib.values():
            whole = _VALUE.fullmatch(value)
            for name in [whole.group(1)] if whole else _FIELD.findall(value):
                found.setdefault(name, Field(name, name in tables))
    return tuple(found.values())


def _elements(interface: LabelInterface) -> list[Any]:
    return list(interface._tree.iter("*"))  # the SDK keeps the parsed XML here and nowhere public


def _named(value: str | None) -> str | None:
    found = _VALUE.fullmatch(value or "")
    return found.group(1) if found else None


def _question(control: Any, element: Any, readable: bool) -> Question | Unsupported:
    """The question that a control tag asks, or why it cannot be predicted yet."""

    def no(reason: str) -> Unsupported:
        return Unsupported(control.tag, control.name, reason)

    attributes = {name.lower(): value for name, value in control.attr.items()}
    if control.tag != "Choices":
        kind = _LATER.get(control.tag) or ("spans" if control.tag.endswith("Labels") else "")
        return no(f"questions of kind {kind} come later" if kind else f"<{control.tag}> is not known here")
    if attributes.get("choice", "single") not in ("single", "single-radio"):
        return no(f'choice="{attributes["choice"]}" comes later; single and single-radio are predicted')
    if attributes.get("perregion", "").lower() == "true":
        return no("it asks about a region, not about the task")
    if control.dynamic_value:
        return no(f"its labels come from each task ({attributes.get('value')}), programs need them beforehand")
    if element is not None and next(element.iterancestors("Repeater"), None) is not None:
        return no("it is repeated for every item of a task")
    if element is not None and element.find(".//Choice/Choice") is not None:
        return no("its choices are nested")
    labels = tuple(
        Label(x.attr.get("value") or stored, x.attr.get("alias") or None, x.attr.get("hint") or None)
        for stored, x in control.labels_attrs.items()
    )
    if len(labels) < 2:
        return no("it has fewer than two labels")
    if len({x.name for x in labels}) < len(labels):
        return no("two of its labels have the same name")
    if not control.objects:
        return no(f"its toName {', '.join(control.to_name)!r} names no tag of the config")
    if not readable:
        return no(f"programs read text and tables; this config shows only <{control.objects[0].tag}>")
    return Question(control.name, control.to_name[0], "choice", labels, _named(control.objects[0].value) or "")
