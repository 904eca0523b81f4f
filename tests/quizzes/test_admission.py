"""Start asks for what the examination demands; the code is in no page and no ledger."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from app.audit.models import AuditEntry
from app.core import clock
from app.core.database import db, release, transaction
from app.core.text import Bilingual
from app.quizzes import queries, services
from app.quizzes.models import Attempt, QuestionRevision, Quiz, QuizRevision
from app.quizzes.rules import Admission, Navigation, Pool, QuizSettings, honour_digest
from tests.support.cast import Cast, as_actor
from tests.support.pages import Visitors
from tests.support.quizzes import authored, items_of, make_quiz, start

HONOUR: Bilingual = {"zh": "我独立作答。", "en": "I work alone."}
CODE = "jade-7731"


def test_nobody_starts_without_code_network_and_declaration(cast: Cast) -> None:
    quiz = make_quiz(access_code=CODE, honour=HONOUR, networks=("10.0.0.0/8",))
    accepted = honour_digest(HONOUR) or ""
    for admission, code in (
        (Admission(CODE, accepted, "192.0.2.1"), "network"),
        (Admission("jade", accepted, "10.0.0.1"), "access_code"),
        (Admission(CODE, "", "10.0.0.1"), "honour"),
    ):
        with pytest.raises(services.NotAdmitted) as refused:
            start(cast.trainee, quiz, admission=admission)
        assert refused.value.code == code
    attempt = start(cast.trainee, quiz, admission=Admission(CODE, accepted, "10.0.0.1"))
    assert (attempt.honour_digest, attempt.honour_accepted_at) == (accepted, attempt.started_at)
    assert start(cast.trainee, quiz).id == attempt.id  # going on asks for nothing again
    trail = [str((entry.details, entry.reason)) for entry in db.session.scalars(db.select(AuditEntry))]
    assert any(accepted in line for line in trail)
    assert not any(CODE in line for line in trail)
    assert CODE not in str(db.session.get_one(QuizRevision, quiz.id).settings)


def test_a_sealed_code_stands_in_the_file_as_the_command_prints_it(app: Flask, cast: Cast) -> None:
    with app.app_context():
        printed = app.test_cli_runner().invoke(args=["quizzes", "seal-code", "exam-1", "--code", CODE])
    line = printed.output.strip()
    assert line.startswith("access_code: pbkdf2$")
    quiz = make_quiz(access_code=line.removeprefix("access_code: "))
    with pytest.raises(services.NotAdmitted):
        start(cast.trainee, quiz, admission=Admission("jade"))
    assert start(cast.trainee, quiz, admission=Admission(CODE.upper()))


def test_the_paper_opens_in_the_room_only(app: Flask, visit: Visitors, cast: Cast) -> None:
    inside = start(cast.trainee, make_quiz(networks=("127.0.0.0/8",)), admission=Admission(address="127.0.0.1"))
    outside = start(cast.trainee, make_quiz(networks=("10.0.0.0/8",)), admission=Admission(address="10.0.0.1"))
    release()
    browser = visit(cast.trainee)
    assert browser.page(f"/attempts/{inside.id}").cssselect(".exam-question")
    assert not browser.page(f"/attempts/{outside.id}").cssselect(".exam-question, form#paper")


def publish(key: str, questions: list[str], now: datetime, pick: int, **settings: Any) -> QuizRevision:
    values: dict[str, Any] = {"minutes": 5, "pass_mark": 60} | settings
    title: Bilingual = {"zh": "", "en": ""}
    pools = [Pool(questions, pick)]
    with transaction():
        return services.publish_quiz(key, title=title, settings=QuizSettings(**values), pools=pools, now=now)


def test_a_paper_repeats_nothing_while_other_questions_remain(cast: Cast) -> None:
    now = clock.now()
    keys = [f"repeat-q{number}" for number in range(6)]

    def drawn(hours: int, **changed: Any) -> list[uuid.UUID]:
        with transaction():
            for key in keys:
                services.save_question(key, body=authored(**changed), source="tests", now=now)
        attempt = start(cast.trainee, publish("repeat", keys, now, 2), now=now + timedelta(hours=hours))
        revisions = [item.question_revision_id for item in items_of(attempt)]
        found = [db.session.get_one(QuestionRevision, revision).question_id for revision in revisions]
        release()
        return found

    first = drawn(0)
    later = drawn(1, marks=2) + drawn(2, marks=2)  # an edited question is the same question
    assert len({*first, *later}) == 6
    assert set(drawn(3, marks=2)) == set(first)


def test_running_attempts_keep_the_rules_they_began_with(cast: Cast) -> None:
    quiz = make_quiz(("single", "single"))
    attempt = start(cast.trainee, quiz)
    key = db.session.get_one(Quiz, quiz.quiz_id).key
    release()
    questions = [f"{key}-q1", f"{key}-q2"]
    changed = publish(key, questions, clock.now(), 2, navigation=Navigation.FORWARD, honour=HONOUR)
    assert changed.number == 2
    assert start(cast.trainee, quiz).id == attempt.id
    paper = queries.get_own_paper(as_actor(cast.trainee), attempt.id)
    assert (paper.settings.minutes, paper.settings.pass_mark, paper.forward) == (30, 60, False)
    assert len(paper.step_items) == 2
    assert db.session.get_one(Attempt, attempt.id).quiz_revision_id == quiz.id
