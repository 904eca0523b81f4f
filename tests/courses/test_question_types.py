"""What authors may write, and what the assessment engine takes, are the same."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from app.courses.content.questions import Question
from app.quizzes import grading
from tests.support.quizzes import AUTHORED, authored, both

pytestmark = pytest.mark.no_database

ABOUT = {
    "id": "q1",
    "use": "bank",
    "objective": "o1",
    "difficulty": 2,
    "as_of": "2026-11-01",
    "law": ["us-19-usc-1337"],
}
READ: TypeAdapter[Any] = TypeAdapter(Question)


def test_every_type_of_the_engine_can_be_authored() -> None:
    assert set(AUTHORED) == set(grading.TYPES)


@pytest.mark.parametrize("kind", sorted(AUTHORED))
def test_a_question_comes_through_the_schema_as_it_was_written(kind: str) -> None:
    raw = authored(kind)
    written = ABOUT | raw
    if kind == "drag_image":
        image = {name: value for name, value in raw["image"].items() if name != "digest"}
        written["image"] = image | {"figure": "flow.svg"}
    body = READ.validate_python(written).body()
    if kind == "drag_image":
        body["image"]["digest"] = raw["image"]["digest"]
    direct = grading.validate("q1", raw)
    through = grading.validate("q1", body)
    assert {name: through[name] for name in direct} == direct


def test_a_gap_of_another_type_is_refused() -> None:
    raw = ABOUT | authored("cloze", gaps=[{"id": "who", "type": "essay", "model": both("x")}])
    with pytest.raises(ValidationError, match="essay"):
        READ.validate_python(raw)
