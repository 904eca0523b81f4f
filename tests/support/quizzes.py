"""Questions, quizzes and sittings for tests."""

import itertools
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.accounts.models import Person
from app.core import clock
from app.core.database import db, release, transaction
from app.core.text import Bilingual
from app.quizzes import services
from app.quizzes.models import (
    Attempt,
    AttemptItem,
    Question,
    QuestionRevision,
    Quiz,
    QuizRevision,
    QuizRevisionItem,
)
from app.quizzes.rules import NOTHING_BROUGHT, Pool, QuizSettings, Section
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
    "cloze": {
        "text": {
            "zh": "301条款由{{who}}主管，{{days}}内答辩。\n\n证明标准是{{proof}}。",
            "en": "{{who}} has charge; answer within {{days}}.\n\nThe standard is {{proof}}.",
        },
        "gaps": [
            {"id": "who", "type": "single", "choices": choices("b", "abc"), "marks": 2},
            {"id": "days", "type": "numeric", "answer": 20, "unit": {"zh": "日", "en": "days"}},
            {"id": "proof", "type": "short_text", "accept": ["优势证据", "preponderance"]},
        ],
    },
    "calculated": {
        "prompt": {
            "zh": "单价{{price}}元，费率{{rate}}%，许可费是多少？",
            "en": "{{price}} at {{rate}} per cent?",
        },
        "parameters": {"price": {"from": 100, "to": 900, "step": 50}, "rate": {"from": 2, "to": 5, "step": 0.5}},
        "formula": "price * rate / 100",
        "tolerance": 0.01,
        "unit": {"zh": "元", "en": "yuan"},
    },
    "drag_text": {
        "text": {"zh": "先{{first}}，后{{then}}。", "en": "First {{first}}, then {{then}}."},
        "gaps": [{"id": "first", "item": "b"}, {"id": "then", "item": "a"}],
        "items": [{"id": name, "text": both(f"step {name}")} for name in "abc"],
    },
    "drag_image": {
        "image": {"digest": "ab" * 32, "width": 600, "height": 300, "alt": both("flow chart of the case")},
        "items": [{"id": name, "text": both(f"label {name}")} for name in "abc"],
        "zones": [
            {"id": "z1", "item": "c", "label": both("left box"), "x": 20, "y": 40, "width": 150, "height": 60},
            {"id": "z2", "item": "a", "label": both("right box"), "x": 400, "y": 40, "width": 150, "height": 60},
        ],
    },
    "essay": {
        "minimum": 50,
        "maximum": 400,
        "model": both("a model answer"),
        "rubric": [
            {
                "id": name,
                "text": both(f"criterion {name}"),
                "levels": [{"id": f"l{points}", "text": both("level"), "points": points} for points in (0, 2, 4)],
            }
            for name in ("facts", "law")
        ],
    },
    "file_upload": {"accept": ["pdf", "docx"], "max_files": 2},
    "case": {
        "exhibits": [{"id": "letter", "title": both("Letter"), "text": both("Dear Sir, …")}],
        "parts": [
            {"id": "p1", "type": "single", "prompt": both("who"), "choices": choices("a"), "marks": 2},
            {"id": "p2", "type": "numeric", "prompt": both("when"), "answer": 30},
            {
                "id": "p3",
                "type": "essay",
                "prompt": both("why"),
                "marks": 5,
                "model": both("because"),
                "rubric": [
                    {
                        "id": "reasons",
                        "text": both("reasons"),
                        "levels": [{"id": f"l{n}", "text": both("level"), "points": n} for n in (0, 3)],
                    }
                ],
            },
        ],
    },
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


def make_quiz(
    kinds: tuple[str, ...] = ("single", "single", "single"), *, sections: tuple[int, ...] = (), **settings: Any
) -> QuizRevision:
    """A published quiz with one question of each kind given, all of them asked.

    ``sections``: how many of them stand in each section.
    """
    key = f"quiz-{next(_numbers)}"
    values = {"minutes": 30, "pass_mark": 60, **settings}
    if sections:
        values["sections"] = tuple(
            Section({"zh": f"题目part {number}", "en": f"Part {number}"}) for number in range(len(sections))
        )
    now = values.pop("now", None) or clock.now()
    with transaction():
        keys = [f"{key}-q{number}" for number in range(1, len(kinds) + 1)]
        for name, kind in zip(keys, kinds, strict=True):
            services.save_question(name, body=authored(kind), source="tests", now=now)
        return services.publish_quiz(
            key,
            title={"zh": "结业考试", "en": "Final examination"},
            settings=QuizSettings(**values),
            pools=_pools(keys, sections or (len(keys),)),
            now=now,
        )


def _pools(keys: list[str], sizes: tuple[int, ...]) -> list[Pool]:
    ends = list(itertools.accumulate(sizes))
    return [
        Pool(question_keys=keys[end - size : end], pick=size, section=section)
        for section, (end, size) in enumerate(zip(ends, sizes, strict=True))
    ]


def publish_anew(revision: QuizRevision, *, now: datetime, **changed: Any) -> QuizRevision:
    """The same quiz, asking the same questions, with other rules."""
    key = db.session.get_one(Quiz, revision.quiz_id).key
    asked = db.session.scalars(
        db.select(Question.key)
        .join(QuestionRevision, QuestionRevision.question_id == Question.id)
        .join(QuizRevisionItem, QuizRevisionItem.question_revision_id == QuestionRevision.id)
        .where(QuizRevisionItem.quiz_revision_id == revision.id)
        .order_by(QuizRevisionItem.position)
    ).all()
    settings = replace(QuizSettings.from_json(revision.settings), **changed)
    release()
    with transaction():
        return services.publish_quiz(
            key,
            title=Bilingual(zh=revision.title["zh"], en=revision.title["en"]),
            settings=settings,
            pools=_pools(list(asked), (len(asked),)),
            now=now,
        )


def start(person: Person, revision: QuizRevision, *, now: datetime | None = None, **context: Any) -> Attempt:
    """A running sitting of the person."""
    release()
    with transaction():
        return services.start_attempt(
            as_actor(person),
            quiz_id=revision.quiz_id,
            context_type=context.get("context_type", "test"),
            context_id=context.get("context_id", uuid.UUID(int=1)),
            admission=context.get("admission", NOTHING_BROUGHT),
            now=now or clock.now(),
        )


def items_of(attempt: Attempt) -> list[AttemptItem]:
    """The paper, in order."""
    statement = db.select(AttemptItem).filter_by(attempt_id=attempt.id).order_by(AttemptItem.position)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))
