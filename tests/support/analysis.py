"""A paper whose faults are known, answered by simulated people."""

import itertools
import random
import uuid
from typing import Any

from app.core import clock
from app.core.database import transaction
from app.quizzes import grading, services
from app.quizzes.analysis.sample import Answer, Question, Sample, Sitting
from app.quizzes.models import QuizRevision
from app.quizzes.rules import Pool, QuizSettings
from tests.support.quizzes import authored, choices
from tests.support.sittings import Answering, answer_to, layout_for, pick

_numbers = itertools.count(1)

#: Marks are counted in hundred-thousandths.
UNIT = 100_000

RIGHT = "b"


def publish(
    questions: dict[str, dict[str, Any]], *, pools: list[Pool] | None = None, key: str = "", **settings: Any
) -> QuizRevision:
    """A quiz over these authored questions, all of them asked unless pools are given."""
    key = key or f"analysed-{next(_numbers)}"
    now = clock.now()
    with transaction():
        for name, body in questions.items():
            services.save_question(name, body=body, source="tests", now=now)
        return services.publish_quiz(
            key,
            title={"zh": "第337节调查结业考试", "en": "Final examination, Section 337"},
            settings=QuizSettings(**{"minutes": 30, "pass_mark": 60, **settings}),
            pools=pools or [Pool(question_keys=list(questions), pick=len(questions))],
            now=now,
        )


def sample_of(bodies: dict[str, dict[str, Any]], people: int, answering: Answering) -> Sample:
    """Everybody is asked every question, in order."""
    questions = [
        Question(uuid.uuid5(uuid.NAMESPACE_OID, key), key, 1, grading.validate(key, body))
        for key, body in bodies.items()
    ]
    sittings, answers = [], []
    for at in range(people):
        mine = []
        for position, question in enumerate(questions, start=1):
            body = dict(question.body)
            layout = layout_for(body, at)
            response = answer_to(layout, answering(at, question.key, body))
            worth = int(grading.marks_of(body) * UNIT)
            marks = int(grading.grade(body, response, layout).fraction * worth)
            said = response or None
            mine.append(Answer(at, question.id, marks, worth, "pool", position, bool(response), said, layout))
        answers += mine
        earned, possible = sum(each.marks for each in mine), sum(each.maximum for each in mine)
        sittings.append(Sitting(earned, possible, earned * 100 >= possible * 60))
    return Sample(sittings, answers, questions)


def single_questions(count: int, prefix: str = "q") -> dict[str, dict[str, Any]]:
    """Single-choice questions in which b is right."""
    return {f"{prefix}{number}": authored("single", choices=choices(RIGHT)) for number in range(1, count + 1)}


def by_ability(
    *, wrong_key: str = "", everybody: str = "", unused: dict[str, str] | None = None, omitted: str = ""
) -> Answering:
    """Answers of people of evenly spread ability: the able take b, the others guess among the wrong.

    In the question ``wrong_key`` the able take c instead and many others b (so the key is wrong); ``everybody``
    answers that one right; ``unused`` names a choice nobody takes; a third leave ``omitted``.
    """
    unused = unused or {}

    def answer(at: int, key: str, body: dict[str, Any]) -> dict[str, Any]:
        rng = random.Random(f"{at}-{key}")  # noqa: S311 - the same people each time
        ability = (at * 7919 % 1000) / 1000
        knows = rng.random() < 0.05 + 0.93 * ability
        if key == omitted and rng.random() < 0.33:
            return {}
        if key == everybody:
            return pick(body, RIGHT)
        right = "c" if key == wrong_key else RIGHT
        wrong = [letter for letter in ("bbad" if key == wrong_key else "acd") if letter != unused.get(key)]
        return pick(body, right if knows else rng.choice(wrong))

    return answer
