"""An invigilator watches in one tab and decides in another, in real browsers; and time granted meanwhile."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from app.accounts.models import Person
from app.cohorts.models import Membership
from app.cohorts.queries import EXAM_CONTEXT
from app.core.access import Grant, Role
from app.core.database import db, release, write_mode
from app.core.identifiers import new_id
from app.organisations.models import Organisation
from app.quizzes.models import Attempt, EventKind, Quiz, QuizRevision
from app.quizzes.rules import Allowance
from tests.support.accommodations import grant
from tests.support.candidates import COHORT, expect_at
from tests.support.cast import as_actor, make_person
from tests.support.chromium import violations
from tests.support.quizzes import start
from tests.support.serving import Served
from tests.support.sitting import Sitting, choose, saved, seconds

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LATE = "周迟到"
SCRIPT = re.compile(r"/js/exam\.js")


@pytest.fixture
def sitting(sit: Any) -> Sitting:
    """A candidate who waits to be let in."""
    found: Sitting = sit("single", "single", minutes=30, identity_check=True)
    return found


class Hall:
    """An invigilator's browser: the live page, and beside it the page of the one candidate."""

    def __init__(self, academy: Served, sitting: Sitting, person: Person, *, language: str = "zh_Hans") -> None:
        attempt = db.session.get_one(Attempt, sitting.attempt_id)
        key = db.session.get_one(Quiz, attempt.quiz_id).key
        release()
        self.context = academy.context(person, viewport={"width": 1280, "height": 900})
        self.context.add_cookies([{"name": "language", "value": language, "url": academy.base}])
        self.live, self.desk = self.context.new_page(), self.context.new_page()
        self.live.goto(f"/invigilation/{key}")
        self.path = f"/invigilation/attempts/{sitting.attempt_id}"
        self.row = self.live.locator(f"tr[data-seat='{sitting.attempt_id}']")

    def slot(self, name: str) -> Locator:
        """What the live page says of her under a heading."""
        return self.row.locator(f"[data-slot={name}]")

    def decide(self, decision: str, reason: str, **fields: str) -> None:
        """Fill in the form of a decision on the candidate's page, and press its button."""
        part = self.desk.locator(f"#decide-{decision}")
        if part.get_attribute("open") is None:
            part.locator("summary").click()
        for name, value in {**fields, "reason": reason}.items():
            part.locator(f"[name={decision}-{name}]").fill(value)
        part.locator("button[type=submit]").click()
        expect(self.desk.locator("#flashes")).to_contain_text("处理完成")


@pytest.fixture
def late_comer(sitting: Sitting) -> uuid.UUID:
    """Somebody expected at the same examination who has not come yet: her membership."""
    organisation = db.session.get_one(Organisation, sitting.person.organisation_id)
    release()
    person = make_person(organisation, name=LATE)
    quiz_id = db.session.get_one(Attempt, sitting.attempt_id).quiz_id
    person_id = person.id
    return expect_at(quiz_id, organisation.id, [person_id])[person_id]


@pytest.fixture
def hall(academy: Served, sitting: Sitting) -> Iterator[Hall]:
    hall = Hall(academy, sitting, invigilator_of(sitting, "陈监考"))
    yield hall
    hall.context.close()


def invigilator_of(sitting: Sitting, name: str) -> Person:
    """An instructor of the candidate's organisation."""
    with write_mode():
        organisation = db.session.get_one(Organisation, sitting.person.organisation_id)
        person = make_person(organisation, Role.INSTRUCTOR, name=name)
    release()
    return person


def hear(page: Page) -> None:
    """Have the page ask the server now, as it does by itself every few seconds."""
    page.evaluate("dispatchEvent(new Event('online'))")


def test_an_invigilator_lets_in_watches_extends_and_pauses(
    academy: Served, sitting: Sitting, late_comer: uuid.UUID, hall: Hall
) -> None:
    """A candidate is let in, another comes late; more time and a pause reach her; the live page follows
    to the end, and the record tells it."""
    page = sitting.page()
    expect(page.locator("h1")).to_have_text("等候入场")
    let_in(hall, page)
    assert [event.kind for event in sitting.events()] == [EventKind.ANSWER, EventKind.FLAG]
    colleague_reads_english(academy, sitting)
    comes_late(hall, sitting, late_comer)
    give_more_time(hall, page)
    stand_still_and_go_on(hall, page)
    choose(page, 2, 1)
    saved(page)
    page.locator("button[value=review]").click()
    page.wait_for_url(f"{sitting.path}/review")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"{sitting.path}/result")
    lose_the_connection(hall)
    expect(hall.slot("state")).to_contain_text("已交卷")
    expect(hall.slot("answered")).to_have_text("2 / 2")
    expect(hall.slot("left")).to_contain_text("结束")
    assert len(sitting.events()) == 3
    hall.live.locator("#to-register a").click()
    row = hall.live.locator("tbody tr", has_text=sitting.person.name)
    expect(row).to_contain_text("延长10分钟：考场停电 · 陈监考")
    assert violations(hall.live) == []


def let_in(hall: Hall, page: Page) -> None:
    """The invigilator finds who waits, and says how she saw the document; the paper opens by itself.

    The candidate is quick: what she chooses and marks before the paper's script has come is saved as well.
    """
    live = hall.live
    expect(hall.slot("state")).to_contain_text("等候入场")
    expect(hall.slot("flags")).to_contain_text("待核对身份")
    expect(live.locator("[data-count=waiting]")).to_have_text("1")
    assert violations(live) == []
    hall.desk.goto(hall.path)
    assert violations(hall.desk) == []
    part = hall.desk.locator("#decide-release")
    part.locator("[name=release-means][value=in_person]").check()
    part.locator("[name=release-note]").fill("身份证件已核对")
    part.locator("button[type=submit]").click()
    expect(hall.desk.locator("#flashes")).to_contain_text("处理完成")
    expect(hall.desk.locator("#live-none")).to_be_visible()  # nobody else waits
    held: list[Route] = []
    page.route(SCRIPT, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks its handlers
    with page.expect_request(SCRIPT):
        hear(page)
    expect(page.locator("#exam-decisions")).to_contain_text("身份证件已核对")
    page.locator("#question-1 .choice input").nth(1).check()
    page.locator("#question-2 [data-flag]").check()
    held[0].continue_()
    saved(page)


def comes_late(hall: Hall, sitting: Sitting, membership_id: uuid.UUID) -> None:
    """The invigilator looks for who has not begun, and sees her go when she comes."""
    live = hall.live
    live.locator(".chips [data-show=absent]").click()
    row = live.locator("#live-absent tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(LATE)
    expect(row).to_contain_text(COHORT)
    expect(live.locator("[data-tally=expected]")).to_have_text("2")
    live.locator("#seat-q").fill("无此人")
    expect(row).to_have_count(0)
    live.locator("#seat-q").fill(LATE)
    expect(row).to_have_count(1)
    assert violations(live) == []
    attempt = db.session.get_one(Attempt, sitting.attempt_id)
    revision = db.session.get_one(QuizRevision, attempt.quiz_revision_id)
    person = db.session.get_one(Person, db.session.get_one(Membership, membership_id).person_id)
    start(person, revision, context_type=EXAM_CONTEXT, context_id=membership_id)
    release()
    expect(row).to_have_count(0)
    expect(live.locator("[data-tally=absent]")).to_have_text("0")
    live.locator("#seat-q").fill("")
    live.locator(".chips [data-show=all]").click()
    expect(live.locator("#live-seats tbody tr")).to_have_count(2)


def colleague_reads_english(academy: Served, sitting: Sitting) -> None:
    """Another invigilator looks at the same, with the forms unfolded."""
    other = Hall(academy, sitting, invigilator_of(sitting, "史密斯"), language="en")
    expect(other.slot("state")).to_contain_text("under way")
    expect(other.slot("left")).to_have_text(re.compile(r"^\d+:\d\d$"))
    assert violations(other.live) == []
    other.desk.goto(other.path)
    for fold in other.desk.locator("details.disclosure").all():
        fold.locator("summary").click()
    expect(other.desk.locator("#decide-void [name=void-sure]")).to_be_visible()
    assert violations(other.desk) == []
    other.context.close()


def give_more_time(hall: Hall, page: Page) -> None:
    """Ten more minutes: the candidate's page counts them, says until when, and why."""
    deadline = page.locator("[data-deadline-text]").inner_text()
    hall.desk.goto(hall.path)
    hall.decide("extend", "考场停电", minutes="10")
    hear(page)
    told = page.locator("#exam-decisions > p")
    expect(told).to_contain_text("延长 10 分钟")
    expect(told).to_contain_text("考场停电")
    expect(page.locator("[data-deadline-text]")).not_to_have_text(deadline)
    expect(told).to_contain_text(page.locator("[data-deadline-text]").inner_text())
    left = seconds(page.locator("#clock [data-left]").inner_text())
    assert 30 * 60 < left <= 40 * 60 + 10, f"{left} seconds left"


def stand_still_and_go_on(hall: Hall, page: Page) -> None:
    """The pause hides the questions and stops the clock; its end brings them back."""
    hall.decide("pause", "火警演习")
    hear(page)
    expect(page.locator("#exam-paused")).to_be_visible()
    expect(page.locator("#question-1")).to_be_hidden()
    expect(page.locator("#clock [data-left]")).to_have_text("已暂停")
    expect(page.locator("#exam-decisions > p")).to_contain_text("火警演习")
    assert violations(page) == []
    assert violations(hall.desk) == []
    expect(hall.slot("state")).to_contain_text("已暂停")
    expect(hall.slot("answered")).to_have_text("1 / 2")
    expect(hall.slot("saved")).not_to_have_text("—")
    expect(hall.slot("left")).to_contain_text("停止计时")
    hall.decide("resume", "演习结束")
    hear(page)
    expect(page.locator("#exam-paused")).to_be_hidden()
    expect(page.locator("#question-1")).to_be_visible()
    expect(page.locator("#exam-decisions > p")).to_contain_text("演习结束")
    expect(page.locator("#clock [data-left]")).to_have_text(re.compile(r"^\d+:\d\d$"))


def lose_the_connection(hall: Hall) -> None:
    """The invigilator's own connection drops: the page says since when it has no news, and comes back."""
    hall.context.set_offline(True)
    lost = hall.live.locator("[data-lost=connection]")
    expect(lost).to_be_visible()
    expect(lost).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    hall.context.set_offline(False)
    expect(lost).to_be_hidden()


def test_time_granted_while_she_sits_comes_at_once_and_a_pause_stops_the_clock(sit: Any) -> None:
    sitting = sit("single", "single", minutes=60)
    page = sitting.page()
    expect(page.locator("button[value=pause]")).to_be_hidden()
    boss = as_actor(sitting.person, Grant(Role.REGISTRAR, new_id(), national=True))
    boss = replace(boss, person_id=make_person().id)
    grant(boss, sitting.person, Allowance(extra_minutes=30, pause_minutes=10, pauses=1))
    hear(page)
    expect(page.locator("#exam-decisions")).to_contain_text("延长30分钟")
    assert seconds(page.locator("#clock [data-left]").inner_text()) > 80 * 60
    choose(page, 1, 1)
    page.locator("button[value=pause]").click()
    expect(page.locator("h1")).to_have_text("您已暂停考试")
    assert sitting.answers()[1]
    assert violations(page) == []
    assert page.locator(".exam-question").count() == 0
    page.get_by_role("button", name="继续考试").click()
    expect(page.locator("#question-1")).to_be_visible()
    expect(page.locator("#exam-decisions")).to_contain_text("暂停已结束")
    expect(page.locator("button[value=pause]")).to_be_hidden()
