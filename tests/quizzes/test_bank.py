"""The bank: revisions appear only where something changed."""

from typing import Any

import pytest

from app.core import clock
from app.core.database import db, transaction
from app.core.errors import Invalid
from app.core.identifiers import content_id
from app.quizzes import services
from app.quizzes.models import QuestionRevision, QuizRevisionItem
from app.quizzes.rules import Pool, QuizSettings
from tests.support.quizzes import authored, both, choices

SETTINGS = QuizSettings(minutes=30, pass_mark=60)


def save(key: str = "q1", *, kind: str = "single", **values: Any) -> QuestionRevision:
    return services.save_question(key, body=authored(kind, **values), source="tests", now=clock.now())


def test_saving_the_same_question_again_makes_no_revision() -> None:
    with transaction():
        first, again = save(), save()
        changed = save(choices=choices("c"))
        back = save()
    assert first is again
    assert back is first
    assert (first.number, changed.number) == (1, 2)
    assert first.question_id == content_id("q1")


def test_choice_ids_follow_from_the_keys() -> None:
    with transaction():
        body = save().body
    assert [choice["id"] for choice in body["choices"]] == [str(content_id("q1", name)) for name in "abcd"]


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("single", {"choices": choices("ab")}, "exactly one must be correct"),
        ("single", {"choices": choices("a", "a")}, "at least 2"),
        ("single", {"choices": choices("a", "aa")}, "occurs twice"),
        ("multiple", {"choices": choices("")}, "at least one must be correct"),
        ("multiple", {"scoring": "guess"}, "scoring"),
        ("true_false", {"answer": "yes"}, "true or false"),
        ("numeric", {"answer": "NaN"}, "not a number"),
        ("numeric", {"tolerance": -1}, "not below 0"),
        ("short_text", {"accept": [" "]}, "none empty"),
        ("single", {"prompt": {"zh": "只有中文"}}, "zh and en"),
        ("single", {"marks": "1.234"}, "two decimals"),
        ("single", {"type": "riddle"}, "one of single"),
        ("matching", {"distractors": [{"id": "d", "text": both("right p")}]}, "equals a right side"),
        ("ordering", {"scoring": "luck"}, "scoring"),
    ],
)
def test_a_question_that_cannot_be_graded_is_refused(kind: str, values: dict[str, Any], message: str) -> None:
    with pytest.raises(Invalid, match=message), transaction():
        save(kind=kind, **values)


def test_a_quiz_freezes_its_questions_and_changes_only_with_them() -> None:
    title = {"zh": "考试", "en": "Examination"}

    def publish(pick: int = 1) -> object:
        return services.publish_quiz(
            "final",
            title=title,  # type: ignore[arg-type]
            settings=SETTINGS,
            pools=[Pool(["q1", "q2"], pick)],
            now=clock.now(),
        )

    with transaction():
        old = save("q1")
        save("q2")
        first, again, other_pick = publish(), publish(), publish(2)
        save("q1", choices=choices("d"))
        after_edit = publish()
    assert first is again
    assert [first.number, other_pick.number, after_edit.number] == [1, 2, 3]  # type: ignore[attr-defined]
    frozen = db.session.scalars(
        db.select(QuizRevisionItem.question_revision_id).filter_by(quiz_revision_id=first.id)  # type: ignore[attr-defined]
    )
    assert old.id in set(frozen)


@pytest.mark.parametrize(
    ("pools", "message"),
    [
        ([Pool(["missing"], 1)], "no such question: missing"),
        ([Pool(["q1"], 2)], "as many questions as it picks"),
        ([Pool(["q1"], 1), Pool(["q1"], 1)], "two pools"),
        ([], "as many questions"),
    ],
)
def test_a_quiz_nobody_could_sit_is_refused(pools: list[Pool], message: str) -> None:
    with pytest.raises(Invalid, match=message), transaction():
        save("q1")
        services.publish_quiz("final", title={"zh": "", "en": ""}, settings=SETTINGS, pools=pools, now=clock.now())
