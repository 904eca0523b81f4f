"""A course's outline: lessons by where they stand, and by how evidence names them."""

from typing import Any
from uuid import UUID

import pytest

from app.courses.rules import CourseOutline, outline_of

pytestmark = pytest.mark.no_database
NOBODY = UUID(int=0)


def lesson(key: str, moved_from: str | None = None) -> dict[str, Any]:
    moved = {"moved_from": moved_from} if moved_from else {}
    return {"id": key, "title": {}, "minutes": 1, "kind": "text", "sections": [], "checks": [], **moved}


def outline(**modules: list[dict[str, Any]]) -> CourseOutline:
    data = {"as_of": "2026-01-01", "hours": "1"}
    stored = [{"id": key, "revision_id": str(NOBODY), "lessons": found, **data} for key, found in modules.items()]
    return outline_of(
        revision_id=NOBODY, number=1, digest="", quiz_id=None, stored={"course": data, "modules": stored}
    )


def test_lessons_of_one_id_that_changed_places_are_both_found() -> None:
    """Each stands where the other was first published."""
    swapped = outline(m1=[lesson("x", "m2")], m2=[lesson("x", "m1")])
    one, other = swapped.lessons()
    assert (swapped.find_lesson("m1", "x"), swapped.find_lesson("m2", "x")) == (one, other)
    assert (swapped.find_by_home("m2", "x"), swapped.find_by_home("m1", "x")) == (one, other)


def test_a_lesson_is_found_by_its_old_address_too() -> None:
    moved = outline(m1=[], m2=[lesson("x", "m1")])
    (one,) = moved.lessons()
    assert [moved.find_lesson(module, "x") for module in ("m1", "m2", "m3")] == [one, one, None]
    assert moved.find_by_home("m1", "x") == one
