"""The pages of accommodations and pauses: who gets there, what is told to whom."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.access import Role
from app.core.database import db, release
from app.quizzes.accommodations.models import Accommodation
from app.quizzes.models import Attempt, AttemptState, Quiz
from app.quizzes.rules import Allowance
from tests.support.accommodations import grant
from tests.support.cast import Cast, make_organisation, make_person
from tests.support.invigilation import fresh, invigilator
from tests.support.pages import Visitors, words
from tests.support.quizzes import make_quiz, start
from tests.support.statements import counted_statements

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("who", "listed", "found"),
    [
        ("outsider", 403, 403),
        ("trainee", 403, 403),
        ("cohort_mate", 403, 403),
        ("certifier", 403, 403),
        ("other_instructor", 200, 404),
        ("other_registrar", 200, 404),
        ("instructor", 200, 200),
        ("registrar", 200, 200),
        ("administrator", 200, 200),
    ],
)
def test_who_sees_what_was_granted(cast: Cast, visit: Visitors, who: str, listed: int, found: int) -> None:
    accommodation = grant(invigilator(cast), cast.trainee).accommodation
    paths = f"/accommodations/{accommodation.id}", f"/accommodations/new?person={cast.trainee.id}"
    browser = visit(cast.people[who])
    page = browser.get("/accommodations", listed).get_data(as_text=True)
    assert listed == 403 or ("林见微" in page) == (found == 200)
    for path in paths:
        browser.get(path, found)
    if listed == 200:
        data = {"percent": "25", "reason": "x"}
        browser.submit(paths[1], data, 302 if found == 200 else 404, form_at="/accommodations/new")
        browser.submit(f"{paths[0]}/withdraw", {"reason": "x"}, 302 if found == 200 else 404, form_at="/privacy")


def test_what_nobody_can_mean_is_refused_beside_its_field(cast: Cast, visit: Visitors) -> None:
    """Each was an error of the server: no number, no day, no text that calendars and databases can hold."""
    browser, form = visit(cast.registrar, locale="en"), f"/accommodations/new?person={cast.trainee.id}"
    for name, value in (
        ("percent", "sNaN"),
        ("percent", "1e400"),
        ("extra_minutes", "9" * 400),
        ("closes_at", "0001-01-01T00:00"),
        ("opens_at", "9999-12-31T23:59"),
    ):
        page = browser.submit(form, {"percent": "25", "reason": "x", name: value}, 422).get_data(as_text=True)
        assert "Not a valid" in page, (name, value)
    browser.get("/accommodations?q=%00", 400)
    assert browser.submit(form, {"percent": "25", "reason": "a\x00b"}).location
    assert db.session.scalars(db.select(Accommodation.reason)).one() == "ab"


def test_from_the_search_to_a_running_paper_and_back(cast: Cast, visit: Visitors) -> None:
    attempt = start(cast.trainee, make_quiz(attempts=1))
    key = db.session.get_one(Quiz, attempt.quiz_id).key
    deadline = attempt.deadline_at
    release()
    browser = visit(cast.registrar, locale="en")
    found = browser.page("/accommodations/new?q=林").cssselect("a[href*='person=']")
    assert [link.text for link in found] == ["林见微"]
    form = str(found[0].get("href"))
    refused = browser.submit(form, {"reason": "", "pauses": "2", "percent": "250"}, 422).get_data(as_text=True)
    assert "Give a number from 0 to 200." in refused
    refused = browser.submit(form, {"reason": "x", "pauses": "2"}, 422).get_data(as_text=True)
    assert "Say how many minutes of pause there are in all." in refused
    assert "Fill in at least one thing to grant." in refused
    refused = browser.submit(form, {"reason": "x", "extra_attempts": "1"}, 422).get_data(as_text=True)
    assert "Choose one examination" in refused
    data = {
        "quiz_id": str(attempt.quiz_id),
        "percent": "25",
        "extra_attempts": "1",
        "pause_minutes": "10",
        "pauses": "2",
        "opens_at": "2026-01-05T09:00",
        "reason": "考务决定第7号",
    }
    shown = browser.submit(form, data).location
    page = browser.get(shown).get_data(as_text=True)
    assert "25% more time; 1 more attempt; from 5 Jan 2026 09:00" in page
    assert "2 minutes" not in page
    kept = db.session.scalars(db.select(Accommodation)).one()
    assert Allowance.from_json(kept.allowance).time_factor == Decimal("1.25")
    assert fresh(attempt).deadline_at == deadline + timedelta(minutes=7, seconds=30)
    release()
    told = visit(cast.trainee, locale="en").get(f"/attempts/{attempt.id}").get_data(as_text=True)
    assert "You were granted: 25% more time; 1 more attempt; from 5 Jan 2026 09:00" in told
    assert "Reason: 考务决定第7号" in told
    watching = visit(cast.instructor, locale="en")
    assert "more time granted: 8 min" in watching.get(f"/invigilation/{key}").get_data(as_text=True)
    assert "25% more time" in watching.get(f"/invigilation/attempts/{attempt.id}").get_data(as_text=True)
    listed = watching.page("/accommodations").cssselect("tbody tr")
    assert len(listed) == 1
    watching.submit(f"{shown}/withdraw", {"reason": ""}, 422, form_at=shown)
    watching.submit(f"{shown}/withdraw", {"reason": "误录"}, form_at=shown)
    assert "误录" in watching.get(shown).get_data(as_text=True)
    assert len(watching.page("/accommodations?show=withdrawn&q=林见").cssselect("tbody tr")) == 1
    again = watching.submit(f"{shown}/withdraw", {"reason": "误录"}, form_at="/accommodations/new")
    assert "withdrawn already" in watching.get(again.location).get_data(as_text=True)


def test_who_waits_to_be_let_in_is_told_of_no_end_yet(cast: Cast, visit: Visitors) -> None:
    attempt = start(cast.trainee, make_quiz(identity_check=True))
    kept = grant(invigilator(cast), cast.trainee).accommodation
    told = words(visit(cast.trainee).page(f"/attempts/{attempt.id}"))
    assert "已准予您：作答时间延长25%" in told
    assert "考试现于" not in told
    assert "结业考试8分钟入场后确定" in words(visit(cast.registrar).page(f"/accommodations/{kept.id}"))


def test_a_list_of_any_length_takes_the_same_statements(cast: Cast, visit: Visitors) -> None:
    other = make_person(cast.university, Role.TRAINEE)
    browser = visit(cast.instructor)
    counts = []
    for person in (cast.trainee, other):
        grant(invigilator(cast), person)
        browser.get("/accommodations")
        with counted_statements() as seen:
            browser.get("/accommodations")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_one_without_an_organisation_is_the_authoritys_matter(cast: Cast, visit: Visitors) -> None:
    make_person(make_organisation())
    path = f"/accommodations/new?person={cast.outsider.id}"
    visit(cast.instructor).get(path, 404)
    visit(cast.administrator).submit(path, {"extra_minutes": "5", "reason": "x"})
    assert db.session.scalars(db.select(Accommodation)).one().organisation_id is None


@pytest.mark.parametrize("address", ["person=x", "group=cohort:x", "group=x", "group=cohort:7"])
def test_damaged_addresses(cast: Cast, visit: Visitors, address: str) -> None:
    visit(cast.instructor).get(f"/accommodations/new?{address}", 404)


def test_the_rules_and_the_paper_tell_of_pauses_and_hide_it_meanwhile(cast: Cast, visit: Visitors) -> None:
    grant(invigilator(cast), cast.trainee, Allowance(pause_minutes=10, pauses=1))
    attempt = start(cast.trainee, make_quiz())
    path = f"/attempts/{attempt.id}"
    mate, browser = visit(cast.cohort_mate), visit(cast.trainee, locale="en")
    mate.submit(f"{path}/go-on", {}, 404, form_at="/privacy")
    paper = browser.page(path)
    assert "at most 1, up to 10 minutes in all" in paper.cssselect("#pauses-left")[0].text_content()
    data: dict[str, Any] = {"intent": "pause", "seen": "0", "first": "1", "last": "3"}
    browser.submit(path, data)
    assert fresh(attempt).state is AttemptState.PAUSED
    release()
    held = browser.get(path).get_data(as_text=True)
    assert "Your pause" in held
    assert "prompt of single" not in held
    for other in ("review", "leave"):
        browser.get(f"{path}/{other}", 302)
    browser.submit(f"{path}/go-on", {}, form_at=path)
    after = browser.get(path).get_data(as_text=True)
    assert "prompt of single" in after
    assert browser.page(path).cssselect("button[data-pause][hidden]")
    assert "Your pause of" in after
    browser.submit(path, data)
    assert "You have no pause left." in browser.get(path).get_data(as_text=True)
    assert fresh(attempt).state is AttemptState.IN_PROGRESS


def test_a_pause_saves_the_paper_first_and_keeps_what_does_not_fit(cast: Cast, visit: Visitors) -> None:
    attempt: Attempt = start(
        cast.trainee, make_quiz(("numeric", "single"), pause_minutes=5, shuffle=False), now=clock.now()
    )
    path = f"/attempts/{attempt.id}"
    browser = visit(cast.trainee)
    field = browser.page(path).cssselect("[data-number='1'] input[type=text]")[0].get("name")
    wrong = {"intent": "pause", "seen": "0", "first": "1", "last": "2", str(field): "many"}
    browser.submit(path, wrong, 422)
    assert fresh(attempt).state is AttemptState.IN_PROGRESS
    release()
    browser.submit(path, wrong | {str(field): "30"})
    assert (fresh(attempt).state, fresh(attempt).head_ordinal) == (AttemptState.PAUSED, 1)
