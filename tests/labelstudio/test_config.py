from __future__ import annotations

import json
from pathlib import Path

import pytest

from alchemist.core.errors import BadLabelConfig
from alchemist.core.questions import Field, Label, LabelConfig, Question, Unsupported
from alchemist.labelstudio.config import read_config

LABEL_STUDIO = Path(__file__).parents[1] / "data" / "label-studio"

TEXT = '<Text name="text" value="$text"/>'
TWO = '<Choice value="spam"/><Choice value="ham"/>'
SPAM_HAM = (Label("spam"), Label("ham"))


def choices(attributes: str = "", inner: str = TWO, objects: str = TEXT) -> str:
    return f'<View>{objects}<Choices name="label" toName="text" {attributes}>{inner}</Choices></View>'


def recorded(name: str) -> LabelConfig:
    exchange = json.loads((LABEL_STUDIO / "wire" / f"{name}-02-setup.json").read_text())
    return read_config(exchange["body"]["schema"])


def unsupported(tag: str, name: str, reason: str, field: str = "text") -> LabelConfig:
    return LabelConfig((), (Field(field),), (Unsupported(tag, name, reason),))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("single_choice", LabelConfig((Question("label", "text", "choice", SPAM_HAM, "text"),), (Field("text"),))),
        (
            "two_controls",
            LabelConfig(
                (
                    Question("topic", "text", "choice", (Label("sport"), Label("politics")), "text"),
                    Question("tone", "text", "choice", (Label("positive"), Label("negative")), "text"),
                ),
                (Field("text"),),
            ),
        ),
        (
            "multi_choice",
            unsupported("Choices", "tags", 'choice="multiple" comes later; single and single-radio are predicted'),
        ),
        (
            "image_choice",
            unsupported("Choices", "bird", "programs read text and tables; this config shows only <Image>", "image"),
        ),
        ("ner", unsupported("Labels", "label", "questions of kind spans come later")),
        ("number", unsupported("Number", "n", "questions of kind number come later")),
        ("rating", unsupported("Rating", "stars", "questions of kind rating come later")),
        ("taxonomy", unsupported("Taxonomy", "tax", "questions of kind taxonomy come later")),
        ("textarea", unsupported("TextArea", "answer", "questions of kind text come later")),
        (
            "pairwise",
            LabelConfig(
                (),
                (Field("a"), Field("b")),
                (Unsupported("Pairwise", "pw", "questions of kind pairwise come later"),),
            ),
        ),
    ],
)
def test_each_recorded_config_is_read(name, expected):
    assert recorded(name) == expected


def test_every_recorded_config_is_in_the_table_above():
    assert {path.name.split("-")[0] for path in (LABEL_STUDIO / "wire").glob("*-02-setup.json")} == {
        *("single_choice", "two_controls", "multi_choice", "image_choice", "ner", "number"),
        *("rating", "taxonomy", "textarea", "pairwise"),
    }


def test_an_alias_and_a_hint_stay_beside_the_name():
    config = read_config(choices(inner='<Choice value="Spam" alias="1" hint="Ads, links"/><Choice value="Ham"/>'))
    assert config.questions[0].labels == (Label("Spam", "1", "Ads, links"), Label("Ham"))


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (choices('choice="multiple"'), 'choice="multiple" comes later; single and single-radio are predicted'),
        (choices('perRegion="true"'), "it asks about a region, not about the task"),
        (choices('perregion="True"'), "it asks about a region, not about the task"),
        (choices('value="$options"', ""), "its labels come from each task ($options), programs need them beforehand"),
        (choices('value="$options"'), "its labels come from each task ($options), programs need them beforehand"),
        (choices(inner='<Choice value="a"/>'), "it has fewer than two labels"),
        (choices(inner=""), "it has fewer than two labels"),
        (
            choices(inner='<Choice value="a" alias="1"/><Choice value="a" alias="2"/>'),
            "two of its labels have the same name",
        ),
        (choices(objects=""), "its toName 'text' names no tag of the config"),
        (
            choices(objects='<Audio name="text" value="$text"/>'),
            "programs read text and tables; this config shows only <Audio>",
        ),
        (f'<View>{TEXT}<Choices toName="text">{TWO}</Choices></View>', "it has no name"),
    ],
)
def test_a_question_that_is_not_predicted_says_why(xml, reason):
    config = read_config(xml)
    assert config.questions == ()
    assert [x.reason for x in config.unsupported] == [reason]


def test_nested_choices_are_not_predicted():
    config = read_config(choices(inner='<Choice value="a"><Choice value="b"/></Choice><Choice value="c"/>'))
    assert config.questions == ()
    assert [(x.tag, x.name) for x in config.unsupported] == [("Choices", "label")]


def test_a_repeated_question_is_not_predicted():
    config = read_config(
        '<View><Repeater on="$pages"><Text name="t_{{idx}}" value="$pages[{{idx}}].text"/>'
        f'<Choices name="c_{{{{idx}}}}" toName="t_{{{{idx}}}}">{TWO}</Choices></Repeater></View>'
    )
    assert config.questions == ()
    assert len(config.unsupported) == 1


@pytest.mark.parametrize("choice", ["", 'choice="single"', 'choice="single-radio"', 'visibleWhen="region-selected"'])
def test_a_single_choice_is_predicted(choice):
    config = read_config(choices(choice))
    assert config.questions == (Question("label", "text", "choice", SPAM_HAM, "text"),)
    assert config.unsupported == ()


def test_one_question_of_several_may_be_unsupported():
    config = read_config(
        f'<View>{TEXT}<Rating name="stars" toName="text"/><Choices name="label" toName="text">{TWO}</Choices></View>'
    )
    assert [x.name for x in config.questions] == ["label"]
    assert config.unsupported == (Unsupported("Rating", "stars", "questions of kind rating come later"),)


def test_of_several_objects_the_first_is_the_one_that_is_labelled():
    config = read_config(
        '<View><Text name="a" value="$one"/><Text name="b" value="$two"/>'
        f'<Choices name="label" toName="a,b">{TWO}</Choices></View>'
    )
    assert config.questions == (Question("label", "a", "choice", SPAM_HAM, "one"),)


@pytest.mark.parametrize(
    ("objects", "fields"),
    [
        (TEXT, [Field("text")]),
        ('<Text name="text" value="${text}"/>', [Field("text")]),
        ('<Text name="text" value="$user.posts[0].body"/>', [Field("user.posts[0].body")]),
        ('<Text name="text" value="$my-field"/>', [Field("my-field")]),
        ('<Text name="text" value="$été"/>', [Field("été")]),
        ('<Table name="text" value="$row"/>', [Field("row", table=True)]),
        ('<Header value="$title: by $author.name"/>' + TEXT, [Field("title"), Field("author.name"), Field("text")]),
        ('<Header value="It costs $5 or US$"/>' + TEXT, [Field("text")]),
        ('<View hint="$why"/>' + TEXT + '<Header value="$text"/>', [Field("why"), Field("text")]),
        ('<!-- $hidden --><Text name="text" value="$text"/>', [Field("text")]),
        ('<Text name="text" value="plain words"/>', []),
    ],
)
def test_every_field_that_the_config_names_may_be_read(objects, fields):
    assert read_config(choices(objects=objects)).fields == tuple(fields)


@pytest.mark.parametrize("xml", [None, "", "  \n\t", "<View></View>", "<View/>"])
def test_an_empty_config_asks_nothing(xml):
    assert read_config(xml) == LabelConfig((), ())


@pytest.mark.parametrize(
    "prefix",
    ["\ufeff", "<!-- made by hand -->\n", '<?xml version="1.0"?>\n', '<?xml version="1.0" encoding="utf-8"?>\n'],
)
def test_what_an_editor_writes_before_the_config_does_no_harm(prefix):
    assert read_config(prefix + choices()) == read_config(choices())


@pytest.mark.parametrize("html", ["<html><body><p>Sign in</p></body></html>", "<div><b>$5</b></div>"])
def test_html_asks_nothing(html):
    assert read_config(html) == LabelConfig((), ())


@pytest.mark.parametrize(
    "xml",
    [
        "<View>",
        "<View></Vew>",
        "hello",
        "{}",
        '<View><Text name="a" name="b"/></View>',
        "<View>&nbsp;</View>",
        "<View \0/>",
    ],
)
def test_broken_xml_is_refused_with_a_hint(xml):
    with pytest.raises(BadLabelConfig) as caught:
        read_config(xml)
    assert caught.value.message.startswith("the label config cannot be read: ")
    assert caught.value.hint == "Open Settings > Labeling Interface > Code in Label Studio and mend the XML."


@pytest.mark.parametrize(
    "head",
    [
        "<!DOCTYPE html>",
        '<!DOCTYPE View [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!doctype View [<!entity a "aaaa">]>',
        '<!ENTITY x "y">',
    ],
)
def test_a_document_type_is_refused(head):
    with pytest.raises(BadLabelConfig) as caught:
        read_config(head + choices())
    assert caught.value.message == "the label config declares a document type"


def test_a_huge_config_is_refused():
    with pytest.raises(BadLabelConfig) as caught:
        read_config(choices(inner='<Choice value="a"/>' * 30_000))
    assert caught.value.message == "the label config has 570,093 characters; 500,000 is the most"


def skeleton(template: dict) -> str:
    """A config with the tags that a template has."""
    objects = "".join(f'<{x["tag"]} name="{x["name"]}" value="${x["name"]}"/>' for x in template["objects"])
    controls = "".join(
        f'<{x["tag"]} name="{x["name"]}" toName="{x["toName"]}"'
        + (f' choice="{x["choice"]}"' if x["choice"] else "")
        + (' perRegion="true"' if x["perRegion"] else "")
        + (f' value="{x["dynamic"]}"' if x["dynamic"] else "")
        + f">{TWO if x['tag'] in ('Choices', 'Taxonomy') else ''}</{x['tag']}>"
        for x in template["controls"]
    )
    return f"<View>{objects}{controls}</View>"


def test_every_control_of_the_shipped_templates_is_asked_or_says_why_not():
    templates = json.loads((LABEL_STUDIO / "templates.json").read_text())
    assert len(templates) == 69
    for template in templates:
        config = read_config(skeleton(template))
        read = [x.name for x in config.questions] + [x.name for x in config.unsupported]
        assert set(read) >= {x["name"] for x in template["controls"]}, template["title"]
        assert all(x.reason for x in config.unsupported)
