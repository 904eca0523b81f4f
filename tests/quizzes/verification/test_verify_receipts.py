"""``flask quizzes verify-receipts``: whatever is altered, in the file or in the database, is found and named."""

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import ColumnElement, and_, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.accounts.models import LoginSession
from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import services
from app.quizzes.context import keyring
from app.quizzes.invigilation.services import count_late_answers
from app.quizzes.models import Attempt, AttemptItem, EventKind, Grade, ResponseEvent
from app.quizzes.protocol import Sent
from app.quizzes.receipts import Key, Keyring, Receipt, body_digest
from app.quizzes.verification import document, queries, rules
from tests.support.cast import Cast, as_actor, make_login
from tests.support.frozen import unlock
from tests.support.invigilation import invigilator
from tests.support.pages import Visitors
from tests.support.quizzes import items_of, make_quiz, start

Values = dict[str, Any]
#: Code of each finding → the events it is about; None: the attempt or the file as a whole.
Found = dict[str, set[int | None]]

UNREADABLE: Found = {"malformed": {None}, "dropped": {2}}


class Desk:
    """An attempt with every kind of event, its downloaded file, and the command that checks it."""

    def __init__(self, app: Flask, cast: Cast, visit: Visitors, folder: Path) -> None:
        self.app, self.file, self.seq = app, folder / "receipts.json", 0
        self.attempt: Attempt = start(cast.trainee, make_quiz(("single", "numeric", "short_text"), shuffle=False))
        self.id = self.attempt.id
        self.login: LoginSession = make_login(cast.trainee)
        self.items: list[AttemptItem] = items_of(self.attempt)
        release()
        choices = self.items[0].layout["choices"]
        phone, tablet = uuid.uuid4(), uuid.uuid4()
        self.save(0, {"choice": choices[0]}, phone, 0)
        self.save(1, {"value": "30"}, tablet, 0)
        self.save(0, {"choice": choices[1]}, tablet, 0)  # superseded: she had not seen the phone's answer
        self.save(0, {"flagged": True}, phone, 3, kind=EventKind.FLAG)
        self.save(2, {"text": "国内产业"}, phone, 4)
        with transaction():
            services.submit_attempt(as_actor(cast.trainee), self.id, now=clock.now() + timedelta(minutes=5))
        self.save(2, {"text": "too late"}, phone, 5)
        data = visit(cast.trainee).get(f"/attempts/{self.id}/receipts.json").data
        self.file.write_bytes(data)
        self.values: Values = json.loads(data)
        release()

    def save(
        self, item: int, response: Values, device: uuid.UUID, seen: int, *, kind: EventKind = EventKind.ANSWER
    ) -> None:
        self.seq += 1
        sent = Sent(self.items[item].id, uuid.uuid4(), device, self.seq, seen, kind, response)
        login_id = self.login.id
        release()
        with transaction():
            services.take_answer(login_id, self.id, sent, keyring=keyring(), now=clock.now())

    def check(self, *options: str) -> Result:
        release()
        with self.app.app_context():
            words = ["quizzes", "verify-receipts", str(self.file), *options]
            return self.app.test_cli_runner().invoke(args=words)

    def found(self) -> Found:
        result = self.check("--json")
        described = json.loads(result.output)
        assert result.exit_code == (1 if described["findings"] else 0)
        found: Found = {}
        for finding in described["findings"]:
            assert finding["text"]
            found.setdefault(finding["code"], set()).add(finding["ordinal"])
        return found

    def write(self, values: Any = None) -> None:
        self.file.write_text(json.dumps(self.values if values is None else values))

    def unlock(self, session: Session) -> None:
        """Somebody who owns the database takes off what protects it from us."""
        unlock(session, "response_events", "events_frozen", "events_kept")

    def alter(self, at: int, **values: Any) -> None:
        """Write to an event as somebody does who has the database and not the secret."""
        release()
        with transaction() as session:
            self.unlock(session)
            session.execute(update(ResponseEvent).where(self.at(at)).values(**values))

    def delete(self, ordinal: int) -> None:
        release()
        with transaction() as session:
            self.unlock(session)
            session.execute(delete(ResponseEvent).where(self.at(ordinal)))

    def set_head(self, head: int) -> None:
        release()
        with transaction() as session:
            session.execute(update(Attempt).where(Attempt.id == self.id).values(head_ordinal=head))

    def set_item(self, **values: Any) -> None:
        release()
        with transaction() as session:
            session.execute(update(AttemptItem).where(AttemptItem.id == self.items[0].id).values(**values))

    def at(self, ordinal: int) -> ColumnElement[bool]:
        return and_(ResponseEvent.attempt_id == self.id, ResponseEvent.ordinal == ordinal)


@pytest.fixture
def desk(app: Flask, cast: Cast, visit: Visitors, tmp_path: Path) -> Desk:
    return Desk(app, cast, visit, tmp_path)


def test_an_honest_file_agrees_a_line_an_event_and_an_older_one_too(desk: Desk) -> None:
    result = desk.check()
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == [f"ok     event {number}" for number in range(1, 7)]
    assert "question 1, superseded" in lines[2]
    assert "question 3, late" in lines[5]
    assert lines[-1] == f"attempt {desk.id}: 6 events: nothing missing, nothing altered"
    desk.values["receipts"].pop()
    desk.values["head"] = 5
    desk.write()
    result = desk.check()
    assert result.exit_code == 0
    assert "event 6: question 3, late" in result.output
    assert "newer than the file" in result.output


def test_a_late_answer_counts_by_an_invigilators_decision_alone(desk: Desk, cast: Cast) -> None:
    third = AttemptItem.id == desk.items[2].id
    before = db.session.scalars(select(AttemptItem.answer_ordinal).where(third)).one()
    release()
    with transaction() as session:
        session.execute(update(AttemptItem).where(third).values(answer_ordinal=6))
    assert desk.found() == {"counts": {None}}  # somebody makes it count who may not
    with transaction() as session:
        session.execute(update(AttemptItem).where(third).values(answer_ordinal=before))
    with transaction():
        count_late_answers(invigilator(cast), desk.id, [6], reason="网络故障", now=clock.now())
    result = desk.check()
    assert result.exit_code == 0, result.output
    assert "counted by an invigilator's decision" in result.output.splitlines()[5]
    assert desk.found() == {}


def _change(name: str, value: Any) -> Callable[[Values], None]:
    def change(values: Values) -> None:
        values["receipts"][1][name] = value(values["receipts"]) if callable(value) else value

    return change


def _swap(values: Values) -> None:
    rows = values["receipts"]
    rows[1], rows[3] = rows[3], rows[1]


def _exchange_ordinals(values: Values) -> None:
    rows = values["receipts"]
    rows[1]["ordinal"], rows[3]["ordinal"] = 4, 2


def _sign_anew(values: Values) -> None:
    """A forger who knows how receipts are made, with a key of his own."""
    ring = Keyring(["stolen from nowhere"])
    entry = values["receipts"][1]
    entry["answer"] = {"value": "31"}
    entry |= {"key": ring.current.id, "digest": body_digest(entry["salt"], entry["answer"])}
    entry["mac"] = ring.seal(Receipt.from_json(entry)).mac


def _name_our_key(values: Values) -> None:
    _sign_anew(values)
    values["receipts"][1]["key"] = keyring().current.id


FILE: dict[str, tuple[Callable[[Values], Any], Found]] = {
    "answer": (_change("answer", {"value": "31"}), {"answer": {2}}),
    "salt": (_change("salt", "00" * 16), {"answer": {2}}),
    "answer erased alone": (_change("answer", None), {"answer": {2}}),
    "digest": (_change("digest", "0" * 64), {"forged": {2}, "answer": {2}, "differs": {2}}),
    "status": (_change("status", "late"), {"forged": {2}, "differs": {2}}),
    "kind": (_change("kind", "flag"), {"forged": {2}, "differs": {2}}),
    "moment": (_change("received_at", "2026-01-01T00:00:00.000000Z"), {"forged": {2}, "differs": {2}}),
    "moment in other words": (
        _change("received_at", lambda rows: rows[1]["received_at"][:-1] + "+00:00"),
        UNREADABLE,
    ),
    "question": (_change("item", lambda rows: rows[0]["item"]), {"forged": {2}, "differs": {2}}),
    "ordinal": (
        _change("ordinal", 7),
        {"forged": {7}, "lost": {7}, "dropped": {2}, "order": {3, 4, 5, 6}, "file_head": {None}},
    ),
    "ordinal as text": (_change("ordinal", "2"), UNREADABLE),
    "ordinal as a fraction": (_change("ordinal", 2.0), UNREADABLE),
    "ordinal zero": (_change("ordinal", 0), UNREADABLE),
    "an answer that is a list": (_change("answer", []), UNREADABLE),
    "mac": (_change("mac", lambda rows: rows[0]["mac"]), {"forged": {2}, "differs": {2}}),
    "a word more": (_change("note", "true"), UNREADABLE),
    "a word less": (lambda values: values["receipts"][1].pop("mac"), UNREADABLE),
    "no receipt": (lambda values: values["receipts"].append("x"), {"malformed": {None}}),
    "dropped": (lambda values: values["receipts"].pop(2), {"dropped": {3}}),
    "cut off": (lambda values: values["receipts"].pop(), {"dropped": {6}, "file_head": {None}}),
    "duplicated": (
        lambda values: values["receipts"].insert(3, values["receipts"][2]),
        {"duplicate": {3}},
    ),
    "swapped": (_swap, {"order": {2, 3}}),
    "ordinals exchanged": (_exchange_ordinals, {"order": {2, 3}, "forged": {2, 4}, "differs": {2, 4}}),
    "another key": (_sign_anew, {"unknown_key": {2}, "differs": {2}}),
    "a forged key": (_name_our_key, {"forged": {2}, "differs": {2}}),
}


def test_what_is_altered_in_the_file_is_named(desk: Desk) -> None:
    honest = json.dumps(desk.values)
    for name, (change, expected) in FILE.items():
        desk.values = json.loads(honest)
        change(desk.values)
        desk.write()
        assert desk.found() == expected, name


def test_receipts_of_another_attempt_are_named(desk: Desk, cast: Cast) -> None:
    other = {**desk.values["receipts"][1], "attempt": str(start(cast.cohort_mate, make_quiz()).id)}
    desk.values["receipts"][1] = other
    desk.write()
    assert desk.found() == {"other_attempt": {2}, "forged": {2}}


def _graded_otherwise(_desk: Desk) -> None:
    with transaction() as session:
        unlock(session, "grades")
        session.execute(update(Grade).where(Grade.event_ordinal == 5).values(event_ordinal=6))


def _to_another_question(desk: Desk) -> None:
    desk.alter(2, item_id=desk.items[0].id)


def _add_a_row(desk: Desk) -> None:
    """He copies a whole row and raises the head: without the secret he cannot sign it."""
    row = db.session.execute(select(ResponseEvent.__table__).where(desk.at(6))).mappings().one()
    release()
    with transaction() as session:
        fresh = {"ordinal": 7, "client_id": uuid.uuid4(), "client_seq": 99}
        session.execute(insert(ResponseEvent), [{**row, **fresh}])
    desk.set_head(7)


def _exchange_rows(desk: Desk) -> None:
    for old, new in ((1, 100), (2, 1), (100, 2)):
        desk.alter(old, ordinal=new)


DATABASE: dict[str, tuple[Callable[[Desk], None], Found]] = {
    "status": (
        lambda desk: desk.alter(2, late=True),
        {"row": {2}, "differs": {2}, "counts": {None}},
    ),
    "overtaken": (
        lambda desk: desk.alter(3, superseded=False),
        {"row": {3}, "differs": {3}, "counts": {None}},
    ),
    "digest": (
        lambda desk: desk.alter(2, body_digest="x"),
        {"row": {2}, "content": {2}, "differs": {2}},
    ),
    "content": (lambda desk: desk.alter(2, body={"value": "31"}), {"content": {2}}),
    "moment": (
        lambda desk: desk.alter(2, received_at=clock.now() - timedelta(days=1)),
        {"row": {2}, "differs": {2}},
    ),
    "signature": (lambda desk: desk.alter(2, mac=""), {"row": {2}, "differs": {2}}),
    "question": (_to_another_question, {"row": {2}, "differs": {2}, "counts": {None}}),
    "deleted": (lambda desk: desk.delete(3), {"gap": {3}, "lost": {3}, "head": {None}}),
    "last but one deleted": (
        lambda desk: desk.delete(5),
        {"gap": {5}, "lost": {5}, "head": {None}, "counts": {None}},
    ),
    "last deleted": (lambda desk: desk.delete(6), {"lost": {6}, "head": {None}}),
    "head": (lambda desk: desk.set_head(7), {"head": {None}}),
    "what counts": (lambda desk: desk.set_item(answer_ordinal=3), {"counts": {None}}),
    "the mark": (lambda desk: desk.set_item(flagged=False), {"flag": {None}}),
    "what was graded": (_graded_otherwise, {"graded": {None}}),
    "inserted": (_add_a_row, {"row": {7}}),
    "exchanged": (_exchange_rows, {"row": {1, 2}, "differs": {1, 2}, "counts": {None}}),
}


@pytest.mark.parametrize(("change", "expected"), DATABASE.values(), ids=DATABASE)
def test_what_is_altered_in_the_database_is_named(
    desk: Desk, change: Callable[[Desk], None], expected: Found
) -> None:
    change(desk)
    assert desk.found() == expected


def test_a_lost_event_is_shown_by_its_receipt_and_a_foreign_row_is_not_called_newer(desk: Desk) -> None:
    _add_a_row(desk)
    desk.delete(6)
    (lost, added) = json.loads(desk.check("--json").output)["events"][-2:]
    receipt = desk.values["receipts"][5]
    assert (lost["position"], lost["status"], lost["received_at"]) == (3, "late", receipt["received_at"])
    assert ([each["code"] for each in added["findings"]], added["note"]) == (["row"], "")


def test_the_server_does_not_sign_what_was_written_behind_its_back(
    desk: Desk, cast: Cast, visit: Visitors
) -> None:
    """A file downloaded after the fact is no washing machine."""
    salt = str(desk.values["receipts"][1]["salt"])
    desk.alter(2, body={"value": "31"}, body_digest=body_digest(salt, {"value": "31"}))
    db.session.expire_all()
    desk.file.write_bytes(visit(cast.trainee).get(f"/attempts/{desk.id}/receipts.json").data)
    assert desk.found() == {"forged": {2}, "row": {2}}


def test_an_attempt_deleted_as_a_whole_is_told_from_a_foreign_file(desk: Desk, cast: Cast) -> None:
    missing = uuid.uuid4()
    for entry in desk.values["receipts"]:
        entry["attempt"] = str(missing)
    desk.values["attempt"] = str(missing)
    desk.write()
    result = desk.check()
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
    assert "not in this database" in result.output
    for entry in desk.values["receipts"]:  # as if this server had signed them
        entry["mac"] = keyring().seal(Receipt.from_json(entry)).mac
    desk.write()
    assert desk.found() == {"attempt_lost": {None}}


def test_an_erased_answer_still_verifies_and_nothing_else_may_be_changed(desk: Desk) -> None:
    with transaction() as session:
        session.execute(
            db.update(ResponseEvent)
            .where(ResponseEvent.attempt_id == desk.id, ResponseEvent.ordinal.in_([2, 4]))
            .values(body=db.null(), salt=None)
        )
    result = desk.check()
    assert result.exit_code == 0, result.output
    assert "its content has been erased" in result.output
    for entry in (desk.values["receipts"][1], desk.values["receipts"][3]):  # an answer, and a mark to come back
        entry |= {"answer": None, "salt": None}
    desk.write()
    assert desk.found() == {}
    for change in (update(ResponseEvent).values(body_digest="x"), delete(ResponseEvent)):
        with pytest.raises(DBAPIError, match="only appended"), transaction() as session, session.begin_nested():
            session.execute(change)


def test_receipts_outlive_the_secret_they_were_signed_with(desk: Desk, app: Flask) -> None:
    old = app.config["SECRET_KEY"]
    held = app.extensions["academy.receipt_keys"]
    try:
        app.extensions["academy.receipt_keys"] = Keyring(["a new secret", old])
        assert desk.found() == {}
        app.extensions["academy.receipt_keys"] = Keyring(["a new secret"])
        found = desk.found()
        assert found["unknown_key"] == found["row"] == set(range(1, 7))
        assert Key.derive(old).id in desk.check().output
        event = db.session.scalars(select(ResponseEvent).where(desk.at(1))).one()
        kept = services.answers.receipt_of(event)
        assert not Keyring([old]).verify(replace(kept, mac="é" * 64))
        assert not Keyring(["a new secret"]).verify(replace(kept, mac=""))
    finally:
        app.extensions["academy.receipt_keys"] = held


DAMAGED: list[tuple[bytes, str]] = [
    (b"", "not JSON"),
    (b"\xff\xfe", "not JSON"),
    (b"[" * 100_000, "not JSON"),
    (b'{"format": NaN}', "not JSON"),
    (b'{"format": 1, "format": 1}', "not JSON"),
    (b'{"format": "\\ud800"}', "not JSON"),
    (b"[]", "not a file of receipts"),
    (b'{"attempt": "x", "receipts": []}', "not a file of receipts"),
    (b'{"format": "academy-receipts-1"}', "and nothing else"),
    (b'{"format": "academy-receipts-1", "attempt": "x", "head": 0, "receipts": []}', "not an identifier"),
    (b'{"format": "academy-receipts-1", "attempt": "%s", "head": true, "receipts": []}', "number of events"),
    (b'{"format": "academy-receipts-1", "attempt": "%s", "head": -1, "receipts": []}', "number of events"),
    (b'{"format": "academy-receipts-1", "attempt": "%s", "head": 2147483648, "receipts": []}', "number of events"),
]


@pytest.mark.parametrize(("data", "reason"), DAMAGED)
def test_a_file_that_is_none_gets_one_clear_line(app: Flask, tmp_path: Path, data: bytes, reason: str) -> None:
    file = tmp_path / "some.json"
    file.write_bytes(data.replace(b"%s", str(uuid.uuid4()).encode()))
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["quizzes", "verify-receipts", str(file)])
        described = app.test_cli_runner().invoke(args=["quizzes", "verify-receipts", str(file), "--json"])
    assert (result.exit_code, described.exit_code) == (2, 2)
    assert result.output.startswith("unreadable: some.json: ")
    assert reason in result.output
    assert result.output.count("\n") == 1
    assert json.loads(described.output)["verdict"] == "unreadable"


def test_every_single_changed_byte_of_a_file_is_noticed(desk: Desk) -> None:
    """Whatever byte is changed, the file no longer agrees, or still says exactly the same."""
    data = desk.file.read_bytes()
    held = queries.held(desk.id)
    honest = document.read(data)
    assert rules.compare(honest, held, keyring()).all_findings == []
    for place in range(0, len(data), 3):
        changed = bytearray(data)
        changed[place] ^= 1
        try:
            claimed = document.read(bytes(changed))
            findings = rules.compare(claimed, held, keyring()).all_findings if claimed != honest else ["the same"]
        except (document.Damaged, rules.Foreign) as error:
            findings = [str(error)]
        assert findings, (place, data[max(place - 30, 0) : place + 10])
