"""Questions, quizzes and sittings for tests."""

import itertools
import uuid
from datetime import datetime
from typing import Any

from app.accounts.models import Person
from app.core import clock
from app.core.database import db, transaction
from app.quizzes import services
from app.quizzes.models import Attempt, AttemptItem, QuizRevision
from app.quizzes.rules import Pool, QuizSettings
from tests.support.cast import as_actor

_numbers = itertools.count(1)


def both(text: str) -> dict[str, str]:
    return {"zh": f"题目{text}", "en": f"Text {text}"}


def choices(correct: str, names: str = "abcd") -> list[dict[str, Any]]:
    """Authored choices; those named in ``correct`` are right."""
    return [{"id": name, "text": both(name), "correct": name in correct} for name in names]


#: One authored question of each type.
AUTHORED: dict[str, dict[str, Any]] = {
    "single": {"choices": choices("b")},
    "multiple": {"choices": choices("ac", "abcde"), "scoring": "partial"},
    "true_false": {"answer": False},
    "numeric": {"answer": 30, "tolerance": 0.5, "unit": {"zh": "日", "en": "days"}},
    "short_text": {"accept": ["domestic industry", "国内产业"]},
    "matching": {
        "pairs": [{"id": name, "left": both(f"left {name}"), "right": both(f"right {name}")} for name in "pqr"],
        "distractors": [{"id": "d", "text": both("distractor")}],
    },
    "ordering": {"items": [{"id": name, "text": both(name)} for name in "wxyz"]},
}


def authored(kind: str = "single", **values: Any) -> dict[str, Any]:
    """A question as it stands in questions.yaml."""
    return {
        "type": kind,
        "prompt": both(f"prompt of {kind}"),
        "feedback": both("because"),
        **AUTHORED[kind],
        **values,
    }


def make_quiz(kinds: tuple[str, ...] = ("single", "single", "single"), **settings: Any) -> QuizRevision:
    """A published quiz with one question of each kind given, all of them asked."""
    key = f"quiz-{next(_numbers)}"
    values = {"minutes": 30, "pass_mark": 60, **settings}
    now = values.pop("now", None) or clock.now()
    with transaction():
        keys = [f"{key}-q{number}" for number in range(1, len(kinds) + 1)]
        for name, kind in zip(keys, kinds, strict=True):
            services.save_question(name, body=authored(kind), source="tests", now=now)
        return services.publish_quiz(
            key,
            title={"zh": "结业考试", "en": "Final examination"},
            settings=QuizSettings(**values),
            pools=[Pool(question_keys=keys, pick=len(keys))],
            now=now,
        )


def start(person: Person, revision: QuizRevision, *, now: datetime | None = None, **context: Any) -> Attempt:
    """A running sitting of the person."""
    with transaction():
        return services.start_attempt(
            as_actor(person),
            quiz_id=revision.quiz_id,
            context_type=context.get("context_type", "test"),
            context_id=context.get("context_id", uuid.UUID(int=1)),
            now=now or clock.now(),
        )


def items_of(attempt: Attempt) -> list[AttemptItem]:
    """The paper, in order."""
    statement = db.select(AttemptItem).filter_by(attempt_id=attempt.id).order_by(AttemptItem.position)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))
