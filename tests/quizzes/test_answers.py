"""The answer endpoint: receipts, replays, two devices, late answers, and everything that does not fit."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from werkzeug.test import TestResponse

from app.accounts.models import LoginSession, Person, PersonState
from app.core import clock
from app.core.database import db, release, statements_stand_alone, transaction
from app.core.errors import TooLarge
from app.quizzes import grading, services
from app.quizzes.context import keyring
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptItem, AttemptState, Grade, QuestionRevision, ResponseEvent
from app.quizzes.protocol import MAX_BYTES, read_sent
from app.quizzes.receipts import Receipt
from tests.support.cast import Cast, as_actor
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.statements import counted_statements


class Device:
    """A browser profile that saves answers, as exam.js does."""

    def __init__(self, browser: Browser, attempt: Attempt) -> None:
        self.client = browser.client
        self.path = f"/attempts/{attempt.id}/answers"
        self.device_id, self.seq, self.seen = str(uuid.uuid4()), 0, 0

    def change(self, item: AttemptItem, response: Any, **values: Any) -> dict[str, Any]:
        self.seq += 1
        return {
            "item": str(item.id),
            "client_id": str(uuid.uuid4()),
            "device_id": self.device_id,
            "client_seq": self.seq,
            "base_ordinal": self.seen,
            "response": response,
            **values,
        }

    def post(self, change: Any) -> TestResponse:
        data = change if isinstance(change, bytes) else json.dumps(change).encode()
        release()  # what the test itself has read
        return self.client.post(self.path, data=data, content_type="application/json")

    def save(self, item: AttemptItem, response: Any, **values: Any) -> dict[str, Any]:
        answer = self.post(self.change(item, response, **values))
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found: dict[str, Any] = answer.get_json()
        return found


@pytest.fixture(autouse=True)
def without_csrf(app: Flask) -> Any:
    """The token is tested by its own test below; here the endpoint is."""
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.fixture
def attempt(cast: Cast) -> Attempt:
    return start(cast.trainee, make_quiz(("single", "numeric", "matching", "short_text")))


def item_of(attempt: Attempt, kind: str) -> AttemptItem:
    return next(item for item in items_of(attempt) if item.layout["type"] == kind)


@pytest.fixture
def device(visit: Visitors, cast: Cast, attempt: Attempt) -> Device:
    return Device(visit(cast.trainee), attempt)


def events(attempt: Attempt) -> list[ResponseEvent]:
    statement = db.select(ResponseEvent).filter_by(attempt_id=attempt.id).order_by(ResponseEvent.ordinal)
    found = list(db.session.scalars(statement.execution_options(populate_existing=True)))
    db.session.rollback()
    return found


def choice(attempt: Attempt, number: int = 0) -> dict[str, str]:
    """As her browser names it."""
    layout = item_of(attempt, "single").layout
    return {"choice": outward(layout["choices"][number], layout)}


def kept(attempt: Attempt, number: int = 0) -> dict[str, str]:
    """The same as it is stored."""
    return {"choice": item_of(attempt, "single").layout["choices"][number]}


def test_an_answer_is_kept_with_a_receipt_that_verifies(device: Device, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    first = device.save(item, choice(attempt))
    second = device.save(item, choice(attempt, 1))
    assert (first["ordinal"], first["status"], second["ordinal"]) == (1, "counted", 2)
    assert keyring().verify(Receipt.from_json(first))
    forged = Receipt.from_json({**first, "ordinal": 2})
    assert not keyring().verify(forged)
    assert item_of(attempt, "single").answer_ordinal == 2
    assert [event.body for event in events(attempt)] == [kept(attempt), kept(attempt, 1)]


def test_a_save_is_three_statements_at_most_and_loads_nobody(device: Device, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    device.save(item, choice(attempt))
    change = device.change(item, choice(attempt, 1))
    release()
    with counted_statements() as statements:
        device.post(change)
    assert len(statements) == (2 if statements_stand_alone() else 3), statements
    assert not any("role_grants" in statement for statement in statements)


@pytest.mark.parametrize(
    ("moved", "ordinal", "status"),
    [
        ("head_ordinal = head_ordinal + 1", 3, "counted"),
        ("closed_through = 99", 2, "late"),
        ("state = 'submitted'", 2, "late"),
    ],
)
def test_what_moves_before_the_change_is_kept_is_seen(
    device: Device, attempt: Attempt, moved: str, ordinal: int, status: str
) -> None:
    """On PostgreSQL between looking and keeping, which have no lock around them; on SQLite before both."""
    item, response = item_of(attempt, "single"), choice(attempt, 1)
    device.save(item, choice(attempt))
    statement = f"UPDATE attempts SET {moved}"  # noqa: S608 - written above

    def move(_connection: Any, cursor: Any, sent: str, *_: Any) -> None:
        if sent.startswith("WITH taken"):
            cursor.execute(statement)

    release()
    if statements_stand_alone():
        event.listen(db.engine, "before_cursor_execute", move)
    else:
        with transaction() as session:
            session.execute(text(statement))
    try:
        receipt = device.save(item, response)
    finally:
        if statements_stand_alone():
            event.remove(db.engine, "before_cursor_execute", move)
    assert (receipt["ordinal"], receipt["status"]) == (ordinal, status)
    assert [one.ordinal for one in events(attempt)] == [1, ordinal]
    assert item_of(attempt, "single").answer_ordinal == (ordinal if status == "counted" else 1)


def test_a_replay_gets_the_original_receipt_and_other_content_is_refused(device: Device, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    change = device.change(item, choice(attempt))
    first = device.post(change).get_json()
    assert device.post(change).get_json() == first
    other_content = device.post({**change, "response": choice(attempt, 1)})
    assert (other_content.status_code, other_content.get_json()["code"]) == (409, "reused")
    other_question = device.post({**change, "item": str(item_of(attempt, "numeric").id), "response": None})
    assert (other_question.status_code, other_question.get_json()["code"]) == (409, "reused")
    numeric = {"item": str(item_of(attempt, "numeric").id), "response": {"value": "1"}}  # would fit there
    assert (device.post({**change, **numeric}).get_json()["code"]) == "reused"
    assert device.post({**change, "base_ordinal": 1}).get_json()["code"] == "reused"
    same_number = device.post({**change, "client_id": str(uuid.uuid4())})
    assert (same_number.status_code, same_number.get_json()["code"]) == (409, "sequence")
    assert len(events(attempt)) == 1
    assert db.session.get_one(Attempt, attempt.id, populate_existing=True).head_ordinal == 1


def test_a_stale_answer_of_another_device_is_kept_and_does_not_win(
    visit: Visitors, cast: Cast, device: Device, attempt: Attempt
) -> None:
    item = item_of(attempt, "single")
    phone = Device(visit(cast.trainee), attempt)
    offline = phone.change(item, choice(attempt, 2))  # given on the metro, before the tablet's answer is seen
    device.save(item, choice(attempt, 1))
    stale = phone.post(offline).get_json()
    assert (stale["ordinal"], stale["status"]) == (2, "superseded")
    assert item_of(attempt, "single").answer_ordinal == 1
    phone.seen = 2  # now she has seen both, and means it
    assert phone.save(item, choice(attempt, 2))["status"] == "counted"
    other = item_of(attempt, "numeric")
    device.seen = 0  # nobody else touched this question: an old view of the others does no harm
    assert device.save(other, {"value": "29"})["status"] == "counted"


def test_an_older_change_of_the_same_device_never_overtakes_a_newer_one(device: Device, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    older, newer = device.change(item, choice(attempt)), device.change(item, choice(attempt, 1))
    assert device.post(newer).get_json()["status"] == "counted"
    assert device.post(older).get_json()["status"] == "superseded"
    assert item_of(attempt, "single").answer_seq == 2


def test_a_late_answer_is_kept_not_counted_and_closes_the_attempt_for_good(
    device: Device, attempt: Attempt
) -> None:
    item = item_of(attempt, "single")
    with clock.frozen_at(attempt.cutoff_at):
        assert device.save(item, choice(attempt))["status"] == "counted"
    with clock.frozen_at(attempt.cutoff_at + timedelta(seconds=1)):
        assert device.save(item, choice(attempt, 1))["status"] == "late"
    closed = db.session.get_one(Attempt, attempt.id, populate_existing=True)
    assert closed.state is AttemptState.EXPIRED
    assert closed.grade_run_id is not None
    with clock.frozen_at(attempt.started_at):  # the server's clock steps back
        assert device.save(item, choice(attempt, 2))["status"] == "late"
        assert device.save(item, {"flagged": True}, kind="flag")["status"] == "late"
    assert [event.late for event in events(attempt)] == [False, True, True, True]
    left = item_of(attempt, "single")
    assert (left.answer_ordinal, left.flagged) == (1, False)


def test_the_clock_of_an_attempt_never_runs_backwards(device: Device, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    later = attempt.started_at + timedelta(minutes=10)
    with clock.frozen_at(later):
        device.save(item, choice(attempt))
    with clock.frozen_at(attempt.started_at):
        device.save(item, choice(attempt, 1))
    assert [event.received_at for event in events(attempt)] == [later, later]


def test_an_answer_after_submission_is_kept_and_not_counted(cast: Cast, device: Device, attempt: Attempt) -> None:
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    assert device.save(item_of(attempt, "single"), choice(attempt))["status"] == "late"


def test_a_flag_is_kept_and_shown_elsewhere(device: Device, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    device.save(item, {"flagged": True}, kind="flag")
    device.save(item, choice(attempt))
    state = device.client.get(f"/attempts/{attempt.id}/state").get_json()
    mine = next(entry for entry in state["items"] if entry["id"] == str(item.id))
    assert mine == {"id": str(item.id), "ordinal": 2, "flagged": True, "response": choice(attempt)}
    assert (state["state"], state["head"]) == ("in_progress", 2)


def kept_choices(attempt: Attempt) -> list[str]:
    choices: list[str] = item_of(attempt, "single").layout["choices"]
    return choices


def wrong_choice(attempt: Attempt) -> str:
    """One that is not right, as it is stored."""
    item = item_of(attempt, "single")
    body = db.session.get_one(QuestionRevision, item.question_revision_id).body
    right = grading.perfect(body, item.layout)["choice"]
    return next(choice for choice in kept_choices(attempt) if choice != right)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("single", {"response": {"choice": str(uuid.uuid4())}}),
        ("single", {"response": {"choice": ["a"]}}),
        ("single", {"response": {"choice": "x", "score": 1}}),
        ("single", {"response": [1]}),
        ("single", {"response": "b"}),
        ("single", {"client_seq": 0}),
        ("single", {"client_seq": 2**53}),
        ("single", {"client_seq": 1.5}),
        ("single", {"client_seq": True}),
        ("single", {"base_ordinal": -1}),
        ("single", {"base_ordinal": 2**31}),
        ("single", {"client_id": "1"}),
        ("single", {"device_id": None}),
        ("single", {"item": str(uuid.uuid4())}),
        ("single", {"kind": "grade"}),
        ("single", {"kind": "flag", "response": {"flagged": 1}}),
        ("numeric", {"response": {"value": "much"}}),
        ("numeric", {"response": {"value": 10**30}}),
        ("numeric", {"response": {"value": "9" * 400}}),
        ("numeric", {"response": {"value": True}}),
        ("numeric", {"response": {"value": {}}}),
        ("short_text", {"response": {"text": "x" * 501}}),
        ("short_text", {"response": {"text": "\ud800"}}),
        ("matching", {"response": {"pairs": {"x": "y"}}}),
        ("matching", {"response": {"pairs": []}}),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    device: Device, attempt: Attempt, kind: str, values: dict[str, Any]
) -> None:
    change = {**device.change(item_of(attempt, kind), None), **values}
    refused = device.post(change)
    assert refused.status_code == 422
    assert refused.get_json()["detail"]
    assert events(attempt) == []


def test_a_refusal_names_the_parts_in_the_papers_own_words(cast: Cast, visit: Visitors) -> None:
    attempt = start(cast.trainee, make_quiz(("cloze",)))
    (item,) = items_of(attempt)
    gaps = outward(item.layout, item.layout)["gaps"]
    name = next(name for name, gap in gaps.items() if gap["type"] == "numeric")
    device = Device(visit(cast.trainee), attempt)
    refused = device.post(device.change(item, {"gaps": {name: {"value": "much"}}}))
    assert refused.status_code == 422
    assert refused.get_json()["parts"] == {f"gaps/{name}": refused.get_json()["detail"]}
    assert events(attempt) == []


def test_a_score_that_a_client_claims_is_taken_from_nobody(cast: Cast, device: Device, attempt: Attempt) -> None:
    claims = {"score": 1, "marks": "100", "fraction": 1, "correct": True, "percent": 100, "status": "counted"}
    wrong = choice(attempt, kept_choices(attempt).index(wrong_choice(attempt)))
    device.save(item_of(attempt, "single"), wrong, **claims)
    refused = device.post(device.change(item_of(attempt, "numeric"), {"value": "1", **claims}))
    assert refused.status_code == 422
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    assert {grade.fraction for grade in db.session.scalars(db.select(Grade))} == {0}
    assert set(events(attempt)[0].body or {}) == {"choice"}


@pytest.mark.parametrize("data", [b"", b"[]", b"null", b"{", b'{"a": NaN}', b"\xff", b"[" * 10_000])
def test_what_is_no_change_at_all_is_refused(device: Device, attempt: Attempt, data: bytes) -> None:
    assert device.post(data).status_code == 422
    assert events(attempt) == []


def test_a_nan_is_refused(device: Device, attempt: Attempt) -> None:
    change = device.change(item_of(attempt, "numeric"), {"value": float("nan")})
    assert b"NaN" in json.dumps(change).encode()
    assert device.post(change).status_code == 422


def test_a_body_beyond_all_measure_is_refused(device: Device, attempt: Attempt) -> None:
    refused = device.post(b" " * (MAX_BYTES + 1))
    assert (refused.status_code, refused.get_json()["code"]) == (413, "length")
    assert refused.get_json()["detail"]  # the page shows it beside the answer
    with pytest.raises(TooLarge):  # sent in pieces, without a length
        read_sent(b" " * (MAX_BYTES + 1))


def test_a_nul_in_a_text_does_no_harm(device: Device, attempt: Attempt) -> None:
    device.save(item_of(attempt, "short_text"), {"text": "a\u0000b"})
    assert events(attempt)[0].body == {"text": "a b"}


def test_strangers_and_colleagues_cannot_answer(visit: Visitors, cast: Cast, attempt: Attempt) -> None:
    item = item_of(attempt, "single")
    for name, person in cast.people.items():
        if name == "trainee":
            continue
        intruder = Device(visit(person), attempt)
        assert intruder.post(intruder.change(item, choice(attempt))).status_code == 404, name
        assert intruder.client.get(f"/attempts/{attempt.id}/state").status_code == 404, name
    nobody = Device(visit(), attempt)
    assert nobody.post(nobody.change(item, choice(attempt))).status_code == 401
    assert events(attempt) == []


def test_a_question_of_another_paper_is_refused(cast: Cast, device: Device, attempt: Attempt) -> None:
    foreign = item_of(start(cast.cohort_mate, make_quiz(("single",))), "single")
    assert device.post(device.change(foreign, None)).status_code == 422
    assert events(attempt) == []


def test_ended_expired_and_suspended_sessions_are_signed_out(
    visit: Visitors, cast: Cast, attempt: Attempt
) -> None:
    item = item_of(attempt, "single")
    long_ago = clock.now() - timedelta(days=1)

    def end(login: LoginSession) -> None:
        login.ended_at = long_ago

    def expire(login: LoginSession) -> None:
        login.expires_at = long_ago

    def suspend(login: LoginSession) -> None:
        db.session.get_one(Person, login.person_id).state = PersonState.SUSPENDED

    for spoil in (end, expire, suspend):
        device = Device(visit(cast.trainee), attempt)
        device.save(item, choice(attempt))
        with device.client.session_transaction() as cookie:
            login_id = uuid.UUID(cookie["_user_id"])
        with transaction() as session:
            spoil(session.get_one(LoginSession, login_id))
        assert device.post(device.change(item, choice(attempt, 1))).status_code == 401


def test_a_save_without_the_forms_token_is_refused(app: Flask, device: Device, attempt: Attempt) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    change = device.change(item_of(attempt, "single"), choice(attempt))
    refused = device.post(change)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "csrf")
    token = device.client.get(f"/attempts/{attempt.id}/state").get_json()["csrf_token"]
    release()
    accepted = device.client.post(device.path, json=change, headers={"X-CSRFToken": token})
    assert accepted.status_code == 200
