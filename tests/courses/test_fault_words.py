"""Whatever the content check finds is said in Chinese too: each of its sentences, and each type of pydantic's."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.extract import extract_from_file
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from app.certificates.styles.files import StyleFile
from app.config import PROJECT
from app.core import formulas
from app.core.messages import Message
from app.courses.content import misfits
from app.courses.content.files import Finding
from app.courses.content.parsing import parse_yaml
from app.courses.content.questions import QuestionsFile
from app.courses.content.schema import (
    CourseFile,
    GlossaryFile,
    InstrumentFile,
    ModuleFile,
    OrganisationsFile,
    ProgrammeFile,
)
from app.experts.criteria import Criteria
from tests.support.wording import in_chinese

pytestmark = pytest.mark.no_database

#: What authors write where something else belongs.
ODD: tuple[Any, ...] = (
    *(
        None,
        "",
        " ",
        "x",
        "文字" * 200,
        "2026-13-45",
        "2026-11-01 25:99",
        "1.5",
        1.234567,
        -1,
        0,
        10**30,
        float("nan"),
    ),
    *(True, [], ["x"], [1], ["a"] * 30, {}, {"type": "odd"}, {"zh": "一"}, {1: 2}),
)
#: Files of each kind with as many of its keys as possible.
FILES: tuple[tuple[type[BaseModel], str], ...] = (
    (CourseFile, "tests/data/content-small/courses/small/course.yaml"),
    (ModuleFile, "tests/data/content-small/courses/small/m1-first/module.yaml"),
    (QuestionsFile, "tests/data/content-small/courses/small/m1-first/questions.yaml"),
    (ProgrammeFile, "tests/data/content-small/programmes/small-programme.yaml"),
    (OrganisationsFile, "tests/data/content-small/organisations.yaml"),
    (GlossaryFile, "content/glossary.yaml"),
    (InstrumentFile, "tests/data/content-small/library/us/us-test-act.yaml"),
    (Criteria, "content/expert-criteria.yaml"),
    (StyleFile, "content/house-styles/*.yaml"),
)
#: Keys that few files have.
SELDOM = {
    "exam": {
        "opens_at": "2026-12-01T09:00:00+08:00",
        "closes_at": "2026-12-02T09:00:00+08:00",
        "shuffle": True,
        "networks": ["10.20.0.0/16"],
        "access_code": "abcdef",
        "double_marking": {"difference": 5},
        "review": {"answers": "always"},
        "score_kept": "highest",
        "release": "together",
        "pause_minutes": 5,
    }
}


def _changed(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Places of a mapping, and what odd values could stand there; of a list the first two entries."""
    if path:
        for value in ODD:
            yield path, value
    entries = node.items() if isinstance(node, dict) else enumerate(node[:2]) if isinstance(node, list) else ()
    for key, entry in entries:
        yield from _changed(entry, (*path, key))


def _with(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy with another value at a place; what it does not touch is shared."""
    spoilt = copy.copy(data)
    spoilt[path[0]] = value if len(path) == 1 else _with(data[path[0]], path[1:], value)
    return spoilt


@pytest.mark.parametrize(("model", "pattern"), FILES, ids=lambda one: getattr(one, "__name__", ""))
def test_whatever_stands_in_a_file_is_refused_in_both_languages(model: type[BaseModel], pattern: str) -> None:
    data = YAML(typ="safe").load(next(PROJECT.glob(pattern)).read_text(encoding="utf-8"))
    for key, more in SELDOM.items():
        if key in data:
            data[key] |= more
    for name in ("terms", "questions", "organisations"):
        if name in data:
            data[name] = data[name][:40:5] if name == "terms" else data[name]
    refused = {}
    for path, value in _changed(data):
        try:
            model.model_validate(_with(data, path, value))
        except ValidationError as error:
            refused.update({(one["type"], path): one for one in error.errors(include_url=False)})
    assert refused
    own = {"missing", "extra_forbidden", "literal_error", "enum", "string_pattern_mismatch"}
    assert {kind for kind, _path in refused} <= own | misfits.WORDINGS.keys()
    for detail in refused.values():
        wrong, mend = misfits.words_of(detail, model)
        assert in_chinese(wrong)
        assert in_chinese(mend)


def test_a_type_that_nobody_has_met_is_no_english_either() -> None:
    detail: Any = {"type": "unheard_of", "loc": ("a", 0), "msg": "Some words", "input": 1, "ctx": {}}
    wrong, mend = misfits.words_of(detail, CourseFile)
    assert str(wrong) == "`a.0`: some words"
    assert in_chinese(wrong) == "a.0 不合要求"
    assert in_chinese(mend) == "请改正这个值"


def test_every_kept_sentence_of_the_application_is_translated() -> None:
    found = [
        (path, text)
        for path in sorted((PROJECT / "app").rglob("*.py"))
        if "N_(" in path.read_text(encoding="utf-8")
        for _line, text, _comments, _context in extract_from_file("python", path, keywords={"N_": None})
    ]
    assert len(found) > 500
    untranslated = []
    for path, text in found:
        try:
            in_chinese(Message(str(text)))
        except AssertionError as error:
            untranslated.append(f"{path.relative_to(PROJECT)}: {error}")
    assert untranslated == []


@pytest.mark.parametrize(
    ("text", "chinese"),
    [
        ("a: {zh: x: y}", "“:”不能写在这里；含有冒号的文字要加引号"),
        ("a: 1\na: 2", "键“a”写了两次；每个键只写一次"),
        ("a: [1, 2\nb: 3", "“:”不能写在这里；含有冒号的文字要加引号"),
        ("a: [1 2] ]", "缩进有误；请检查此处之前的引号、括号和缩进"),
        ("a: 'x", "引号没有成对；请检查此处之前的引号、括号和缩进"),
        ("a: @x", "文字不能以“@”开头；请给文字加引号，并用空格缩进"),
        ("a: {b: 1]", "缺少逗号或右括号；请检查此处之前的引号、括号和缩进"),
        ("a: *x", "文件中有别名“*x”；请写出它所代表的内容"),
        ("a: !!timestamp x", "不是有效的 YAML；请检查此处之前的引号、括号和缩进"),
        ("- a", "文件不是由键和值组成的；每行写成“键: 值”"),
    ],
)
def test_what_is_no_yaml_is_said_in_chinese(text: str, chinese: str) -> None:
    found = parse_yaml(text.encode())
    assert isinstance(found, Finding)
    assert f"{in_chinese(found.wrong)}；{in_chinese(found.mend)}" == chinese


@pytest.mark.parametrize(
    ("tex", "chinese"),
    [
        (r"\foo", r"公式无法识别：没有命令 \foo"),
        (r"\begin{foo}x\end{foo}", "公式无法识别：没有环境 foo"),
        (r"\frac{1}{", "公式无法识别：到结尾还缺少 }"),
        ("a & b", "公式无法识别：& 不能用在这里"),
        ("a }", "公式无法识别：多出一个 }"),
        ("x^", "公式无法识别：命令或上下标后面缺少内容"),
        ("x^1^2", "公式无法识别：同一处有两个上标或两个下标"),
        (r"\text{$x$}", r"\text 中不能再写公式"),
        (r"\left x", "公式无法识别"),
    ],
)
def test_what_is_no_formula_is_said_in_chinese(tex: str, chinese: str) -> None:
    fault = formulas.fault_in(tex)
    assert fault is not None
    assert in_chinese(fault.wrong) == chinese
    assert in_chinese(fault.mend)
