"""Pure parts of the editor: YAML changed in place, forms as trees, advice on lessons, translations out of date."""

from typing import Any

import pytest

from app.config import PROJECT
from app.core import markdown
from app.core.errors import NotFound
from app.courses.content.questions import QuestionsFile
from app.courses.editing import fields, question_types, texts, yaml_files, yaml_lists
from app.courses.editing.texts import Version

FILES = sorted((PROJECT / "content" / "courses").rglob("questions.yaml"))


@pytest.mark.parametrize("path", FILES[::4], ids=lambda path: path.parent.name)
def test_every_question_survives_its_form(path: Any) -> None:
    """Shown in the form, posted as a browser would, and written back: not a byte of the file is another."""
    text = path.read_text(encoding="utf-8")
    entries = yaml_files.plain(yaml_files.load(text))["questions"]
    for entry in entries:
        specs = question_types.question_fields(entry["type"], ((entry["objective"], entry["objective"]),))
        values = fields.read(specs, posted(specs, fields.as_rows(specs, entry)))
        assert yaml_files.same(entry, values | {key: entry[key] for key in entry if key not in values})

    def edit(node: Any) -> None:
        for entry in node["questions"]:
            specs = question_types.question_fields(entry["type"], ((entry["objective"], entry["objective"]),))
            plain = yaml_files.plain(entry)
            values = fields.read(specs, posted(specs, fields.as_rows(specs, plain)))
            yaml_files.put(entry, fields.as_said(specs, values, plain))

    assert yaml_files.change(text, edit) == text


@pytest.mark.parametrize("path", FILES[1::4], ids=lambda path: path.parent.name)
def test_questions_leave_their_file_and_come_back_byte_for_byte(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    keys = [entry["id"] for entry in yaml_files.plain(yaml_files.load(text))["questions"]]
    for place, key in ((0, keys[0]), (len(keys) // 2, keys[len(keys) // 2]), (len(keys) - 1, keys[-1])):
        left, block = yaml_lists.take(text, "questions", key)
        assert key not in [entry["id"] for entry in yaml_files.plain(yaml_files.load(left))["questions"]]
        assert yaml_lists.give(left, "questions", block, place) == text


def test_an_entry_goes_with_the_comment_above_it() -> None:
    entry = "  # 乙的说明\n  - id: b  # 乙\n    text: |\n      # 标题\n\n      正文\n"
    one = f"# 文件\nlessons:\n  - {{id: a, minutes: 5}}\n\n{entry}  # 丙\n  - {{id: c}}\nnext: 1\n"
    other = "lessons: []\nlaw: [x]"
    left, block = yaml_lists.take(one, "lessons", "b")
    assert left == "# 文件\nlessons:\n  - {id: a, minutes: 5}\n\n  # 丙\n  - {id: c}\nnext: 1\n"
    given = yaml_lists.give(other, "lessons", block, 0)
    assert given == f"lessons:\n{entry}law: [x]\n"
    emptied, block = yaml_lists.take(given, "lessons", "b")
    assert emptied == "lessons: []\nlaw: [x]\n"
    flow = yaml_lists.give("lessons: [{id: z}]\n", "lessons", block, 1)
    assert [entry["id"] for entry in yaml_files.plain(yaml_files.load(flow))["lessons"]] == ["z", "b"]
    left, block = yaml_lists.take(flow, "lessons", "z")
    again = yaml_lists.give(left, "lessons", block, 0)
    assert yaml_files.plain(yaml_files.load(again)) == yaml_files.plain(yaml_files.load(flow))
    with pytest.raises(NotFound):
        yaml_lists.take(one, "lessons", "d")


def posted(specs: Any, values: Any, prefix: str = "") -> dict[str, list[str]]:
    """What a browser sends of a filled form."""
    found: dict[str, list[str]] = {}
    for spec in specs:
        value, name = values.get(spec.name, spec.default), prefix + spec.name
        if spec.kind in (fields.Kind.ROWS, fields.Kind.NAMED):
            for number, row in enumerate(value or []):
                found |= posted(spec.fields_of(row), row, f"{name}.{number}.")
        elif spec.kind is fields.Kind.GROUP:
            found |= posted(spec.of, value or {}, f"{name}.")
        elif spec.kind in (fields.Kind.BOTH_LINE, fields.Kind.BOTH_TEXT):
            found |= {f"{name}.{tag}": [str((value or {}).get(tag, ""))] for tag in ("zh", "en")}
        elif spec.kind is fields.Kind.LINES:
            found[name] = ["\r\n".join(map(str, value or []))]
        elif spec.kind is fields.Kind.MANY:
            found[name] = [str(one) for one in value or []]
        elif spec.kind is fields.Kind.FLAG:
            found |= {name: ["1"]} if value else {}
        else:
            found[name] = ["" if value is None else str(value)]
    return found


def test_the_forms_know_every_type_and_every_field_of_the_format() -> None:
    schema = QuestionsFile.model_json_schema()["$defs"]
    for kind, _label in question_types.TYPES:
        model = next(
            one
            for one in schema.values()
            if one.get("properties", {}).get("type", {}).get("const") == kind and "law" in one["properties"]
        )
        asked = {field.name for field in question_types.question_fields(kind, ())}
        assert asked - set(model["properties"]) == set(), kind
        assert set(model["properties"]) - asked <= {"marks", "certainty"}, kind


def test_rows_are_added_moved_and_removed() -> None:
    specs = question_types.content_fields("case")
    values: dict[str, Any] = {}
    fields.act(specs, values, "add:parts")
    assert values["parts"] == [{"id": "p1", "type": "single"}]
    fields.act(specs, values, "add:parts.0.choices")
    fields.act(specs, values, "add:parts.0.choices")
    fields.act(specs, values, "up:parts.0.choices.1")
    assert [row["id"] for row in values["parts"][0]["choices"]] == ["b", "a"]
    fields.act(specs, values, "remove:parts.0.choices.0")
    assert [row["id"] for row in values["parts"][0]["choices"]] == ["a"]
    for wrong in ("remove:parts.7", "up:prompt", "burn:parts.0", "add:nothing"):
        with pytest.raises(fields.NoSuchRow):
            fields.act(specs, values, wrong)


def test_a_change_keeps_comments_order_and_layout() -> None:
    text = "# why\nid: x   # the id\nvalidity: null\nlist: [ a,  b ]\ntitle: {zh: 甲, en: A}\n"

    def edit(node: Any) -> None:
        yaml_files.put(node, {"title": {"zh": "乙", "en": "A"}}, ["title"])

    assert yaml_files.change(text, edit) == text.replace("甲", "乙")


def test_advice_on_a_lesson() -> None:
    source = (
        "## One {#one}\n\n#### Deep\n\n[there](#two) [here](#one) [?@us-x 1] [odd](javascript:x)\n\n"
        "## 二 {#zwei}\n\n这一节还没有翻译成英文，需要译者。\n"
    )
    found = texts.advice_on(markdown.parse(source), "en")
    assert [(one.kind, one.line, one.detail) for one in found] == [
        ("heading_jump", 3, "Deep"),
        ("dead_link", 5, "#two"),
        ("unreviewed", 5, "us-x 1"),
        ("untranslated", 7, "zwei"),
    ]
    assert [heading.level for heading in texts.outline_of(markdown.parse(source))] == [2, 4, 2]


def test_a_translation_is_out_of_date_when_its_chinese_changed_after_it() -> None:
    def version(since: float, **sections: str) -> Version:
        return Version(since, sections)

    chinese = [version(0, a="甲", b="乙"), version(10, a="甲二", b="乙"), version(30, a="甲二", b="乙二")]
    english = [version(0, a="A", b="B"), version(20, a="A2", b="B")]
    assert texts.out_of_date(chinese, english) == {"b"}
    assert texts.out_of_date([*chinese, version(40, a="甲二", b="乙")], english) == set()  # taken back
    assert texts.out_of_date(chinese, [*english, version(50, a="A2", b="B2")]) == set()
    assert texts.out_of_date([], english) == set()
