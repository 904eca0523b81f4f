"""Who is expected at an examination and has not begun it, on the invigilators' live page."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask

from app.accounts.models import Person, PersonState
from app.audit.models import AuditEntry
from app.cohorts import services as cohorts
from app.cohorts.models import Cohort, Membership
from app.cohorts.queries import EXAM_CONTEXT, get_membership_for
from app.core import clock
from app.core.database import db, release, transaction
from app.courses import queries as courses
from app.organisations.models import Organisation
from app.quizzes.invigilation import services as invigilation
from app.quizzes.invigilation.board import milliseconds
from app.quizzes.invigilation.context import board
from app.quizzes.invigilation.expected import Absence, read_expected
from app.quizzes.invigilation.rules import Bar
from app.quizzes.models import Attempt, Quiz
from app.quizzes.rules import Allowance
from tests.support.accommodations import grant
from tests.support.cast import Cast, as_actor, make_person
from tests.support.cohorts import certify, join, make_cohort, pass_course, registrar_of
from tests.support.courses import enrol, pass_exam, study, sync_folder
from tests.support.invigilation import invigilator
from tests.support.pages import Browser, Visitors
from tests.support.statements import counted_statements

KEY = "small-certification"
PAGE = f"/invigilation/{KEY}"
SEATS = f"{PAGE}/seats.json"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def content(app: Flask, cast: Cast) -> Iterator[None]:
    """The small programme; each request reads anew who sits and who is expected."""
    with app.app_context():
        sync_folder()
    kept, expected = board().kept_for, board().expected_for
    board().kept_for = board().expected_for = 0
    yield
    board().kept_for, board().expected_for = kept, expected


@pytest.fixture
def cohort(cast: Cast) -> Cohort:
    return make_cohort(cast)


def admitted(cast: Cast, cohort: Cohort, name: str = "赵待考", at: Organisation | None = None) -> Person:
    """A member of the cohort who has completed its course."""
    release()
    person = make_person(at or cast.university, name=name)
    join(cast, cohort, person)
    pass_course(person)
    release()
    return person


def membership_of(person: Person) -> Membership:
    found: Membership = db.session.scalars(db.select(Membership).filter_by(person_id=person.id)).one()
    return found


def begin(person: Person) -> None:
    membership_id = membership_of(person).id
    release()
    with transaction():
        membership = get_membership_for(as_actor(person), membership_id)
        cohorts.start_certification_exam(as_actor(person), membership, clock.now())
    release()


def expected(key: str = KEY, later: timedelta = timedelta()) -> dict[str, Absence]:
    found = {each.name: each for each in read_expected(key, clock.now() + later).people}
    release()
    return found


def test_what_keeps_each_from_beginning(cast: Cast, cohort: Cohort) -> None:
    join(cast, cohort, cast.trainee)
    ready, failed, passed, gone, closed = (
        admitted(cast, cohort, name) for name in ("赵待考", "钱重考", "孙合格", "李退班", "周停用")
    )
    certify(failed, membership_of(failed).id, right=False)
    certify(passed, membership_of(passed).id)
    left = membership_of(gone).id
    release()
    with transaction():
        registrar = registrar_of(cast)
        cohorts.withdraw(registrar, get_membership_for(registrar, left), "退班", clock.now())
        db.session.get_one(Person, closed.id).state = PersonState.SUSPENDED
    release()
    found = expected()
    assert {name: each.bar for name, each in found.items()} == {
        cast.trainee.name: Bar.NOT_ADMITTED,
        ready.name: Bar.NONE,
        failed.name: Bar.COOLING_OFF,
    }
    assert {name for name, each in found.items() if each.is_expected} == {ready.name}
    assert found[failed.name].next_start is not None
    assert (found[failed.name].notes, found[ready.name].group) == ({"sat_before": 1}, cohort.name)
    assert expected(later=2 * HOUR)[failed.name].bar is Bar.NONE
    assert expected("small-renewal") == {}


def test_what_was_granted_is_noted_and_opens_or_closes(cast: Cast, cohort: Cohort) -> None:
    people = [admitted(cast, cohort, name) for name in ("赵加时", "钱未到", "孙已过")]
    one, early, late = people
    now = clock.now()
    quiz_id = db.session.scalars(db.select(Quiz.id).filter_by(key=KEY)).one()
    boss = registrar_of(cast)
    grant(boss, one, Allowance(pause_minutes=10))
    grant(boss, early, Allowance(opens_at=now + HOUR), quiz_id=quiz_id)
    grant(boss, late, Allowance(closes_at=now - HOUR, extra_attempts=1), quiz_id=quiz_id)
    with counted_statements() as for_one:
        expected()
    grant(boss, ("cohort", cohort.id), Allowance(extra_minutes=12))
    with counted_statements() as for_all:
        found = expected()
    assert (len(for_one), len(for_all)) == (9, 10)
    assert {name: each.bar for name, each in found.items()} == {
        one.name: Bar.NONE,
        early.name: Bar.NOT_OPEN,
        late.name: Bar.CLOSED,
    }
    assert found[one.name].notes == {"more_time": 12, "pauses": 10}
    assert found[early.name].next_start == now + HOUR
    assert set(found[early.name].notes) == {"more_time", "opens"}
    assert set(found[late.name].notes) == {"more_time", "closes", "attempts"}
    admitted(cast, cohort, "李同班")
    with counted_statements() as for_more:
        assert len(expected()) == 4
    assert len(for_more) == len(for_all)


def test_a_course_examination_waits_for_those_who_have_studied_it(cast: Cast) -> None:
    enrol(cast.trainee)
    study(cast.cohort_mate)
    study(cast.outsider)
    pass_exam(cast.outsider)
    outline = courses.outline(courses.current_revision_id(courses.get_course("small")))
    assert outline.quiz_id is not None
    key = db.session.get_one(Quiz, outline.quiz_id).key
    release()
    found = expected(key)
    assert {name: (each.bar, each.group) for name, each in found.items()} == {
        cast.cohort_mate.name: (Bar.NONE, "")
    }


def names(browser: Browser, query: str = "?show=absent") -> list[str]:
    slots = browser.page(PAGE + query).cssselect("#live-absent tbody [data-slot=name]")
    return [slot.text_content() for slot in slots]


def tally(browser: Browser, query: str = "") -> dict[str, int]:
    shown = browser.page(PAGE + query).cssselect("[data-tally]")
    return {each.get("data-tally") or "": int(each.text_content()) for each in shown}


def test_the_page_tells_each_invigilator_who_of_her_people_has_not_begun(
    cast: Cast, cohort: Cohort, visit: Visitors
) -> None:
    one, two = admitted(cast, cohort, "赵待考"), admitted(cast, cohort, "钱待考")
    foreign = admitted(cast, cohort, "孙外校", at=cast.other_university)
    join(cast, cohort, cast.trainee)
    outsider, browser, national = visit(cast.other_instructor), visit(cast.instructor), visit(cast.administrator)
    assert names(outsider) == [foreign.name]
    assert [row[0] for row in outsider.get(SEATS).get_json()["absent"]] == [str(foreign.id)]
    assert one.name not in outsider.get(SEATS).get_data(as_text=True)
    visit(cast.registrar).get(PAGE, 403)
    assert f'href="{PAGE}"' in browser.get("/invigilation").get_data(as_text=True)
    assert names(browser) == [one.name, two.name]
    assert names(browser, "?show=locked") == [cast.trainee.name]
    assert names(browser, "?show=absent&q=钱") == [two.name]
    assert names(browser, f"?show=absent&q={cohort.name}") == [one.name, two.name]
    assert names(browser, "") == []
    grants = browser.page(f"{PAGE}?show=absent").cssselect("[data-slot=grant]")
    assert str(one.id) in (grants[0].get("href") or "")
    assert visit(cast.certifier).page(f"{PAGE}?show=absent").cssselect("[data-slot=grant]") == []
    before = tally(browser)
    assert (before["expected"], before["started"], before["absent"]) == (2, 0, 2)
    begin(one)
    assert names(browser) == [two.name]
    after = tally(browser)
    assert (after["expected"], after["started"], after["submitted"], after["absent"]) == (2, 1, 0, 1)
    assert [seat[16] for seat in browser.get(SEATS).get_json()["seats"]] == [cohort.name]
    join(cast, make_cohort(cast, "夜班"), cast.cohort_mate)
    assert tally(browser, f"?group={cohort.name}")["expected"] == 2
    assert tally(browser, "?group=夜班")["expected"] == 0
    assert names(browser, "?show=locked&group=夜班") == [cast.cohort_mate.name]
    (line,) = browser.page(f"{PAGE}?group={cohort.name}").cssselect("#live-seats tbody a")
    back = browser.page(line.get("href") or "").cssselect("nav a[href*='group=']")
    assert names(browser, unquote(back[0].get("href") or "").partition(KEY)[2] + "&show=absent") == [two.name]
    assert tally(national)["expected"] == 3
    assert PAGE in browser.get("/invigilation").get_data(as_text=True)


def test_who_is_expected_is_read_now_and_then(cast: Cast, cohort: Cohort, visit: Visitors) -> None:
    one = admitted(cast, cohort)
    browser = visit(cast.instructor)
    board().expected_for = 3600

    def poll(query: str = "") -> tuple[int, dict[str, Any]]:
        with counted_statements() as seen:
            answer = browser.get(SEATS + query).get_json()
        return len(seen), answer

    assert poll(f"?since={milliseconds(clock.now())}")[0] == 11  # who asks, the seats, who is expected
    begin(one)
    count, answer = poll()
    assert (count, answer["absent"], [seat[1] for seat in answer["seats"]]) == (2, [], [one.name])
    admitted(cast, cohort, "钱待考")
    assert poll()[1]["absent"] == []
    (live,) = browser.page(f"{PAGE}?show=absent").cssselect("#live")
    since = (live.get("data-seats") or "").partition("?")[2]
    assert [row[1] for row in poll(f"?{since}")[1]["absent"]] == ["钱待考"]


def test_the_record_names_who_came_what_was_decided_and_who_did_not_come(
    cast: Cast, cohort: Cohort, visit: Visitors
) -> None:
    one, two = admitted(cast, cohort, "赵到考"), admitted(cast, cohort, "钱缺考")
    foreign = admitted(cast, cohort, "孙外校", at=cast.other_university)
    join(cast, cohort, cast.trainee)
    for each in (one, foreign):
        begin(each)
    outsider, browser = visit(cast.other_instructor), visit(cast.instructor)
    theirs = outsider.page(f"{PAGE}/register").text_content()
    assert foreign.name in theirs
    assert not [each.name for each in (one, two) if each.name in theirs]
    visit(cast.registrar).get(f"{PAGE}/register", 403)
    attempt_id = db.session.scalars(
        db.select(Attempt.id).filter_by(candidate_id=one.id, context_type=EXAM_CONTEXT)
    ).one()
    release()
    with transaction():
        invigilation.extend_attempts(
            invigilator(cast), [attempt_id], minutes=12, reason="考场停电", now=clock.now()
        )
    rows = [line.text_content() for line in browser.page(f"{PAGE}/register").cssselect("tbody tr")]
    assert len(rows) == 2
    (came,) = (row for row in rows if one.name in row)
    assert f"延长12分钟：考场停电 · {cast.instructor.name}" in came
    (missing,) = (row for row in rows if two.name in row)
    assert "未到考" in missing
    file = browser.submit(f"{PAGE}/register/csv", {}, 200, form_at=f"{PAGE}/register").get_data()
    lines = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
    assert {(line["姓名"], line["状态"], line["班次"]) for line in lines} == {
        (one.name, "进行中", cohort.name),
        (two.name, "未到考", cohort.name),
    }
    workbook = browser.submit(f"{PAGE}/register/xlsx", {}, 200, form_at=f"{PAGE}/register")
    assert workbook.data.startswith(b"PK")
    release()
    taken = db.session.scalars(db.select(AuditEntry).filter_by(action="invigilation.export_register")).all()
    assert [(entry.actor_id, entry.details["rows"]) for entry in taken] == [(cast.instructor.id, 2)] * 2
