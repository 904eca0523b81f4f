"""Reading in a real browser: progress kept as sections are read, offline too; questions answered in the flow."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.accounts.models import Person
from app.core.access import Role
from app.core.database import db, release
from app.courses.models import CheckAnswer, Enrolment, ReadingPosition, SectionRead
from tests.support.cast import make_organisation, make_person
from tests.support.courses import enrol, sync_folder
from tests.support.processes import Site, own_site, wait_until
from tests.support.serving import Served, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

LESSON = "/courses/small/m1-first/basics"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("reading")) as site:
        sync_folder()
        yield site


@pytest.fixture(scope="module")
def academy(site: Site, browser: Browser) -> Iterator[Served]:
    with served(site, browser) as academy:
        yield academy


@pytest.fixture
def trainee(site: Site) -> Person:
    """One of her own for each test."""
    release()
    return make_person(make_organisation(), Role.TRAINEE)


@pytest.fixture
def enrolment(trainee: Person) -> Enrolment:
    return enrol(trainee)


@pytest.fixture
def page(academy: Served, trainee: Person, enrolment: Enrolment) -> Iterator[Page]:
    """The trainee's window, too low to show a whole lesson at once."""
    context = academy.context(trainee, viewport={"width": 390, "height": 420})
    yield context.new_page()
    context.close()


def kept(enrolment: Enrolment) -> set[str]:
    release()
    found = set(db.session.scalars(select(SectionRead.path).filter_by(enrolment_id=enrolment.id)))
    release()
    return found


def test_sections_are_kept_as_they_are_read_and_nothing_before(page: Page, enrolment: Enrolment) -> None:
    page.goto(LESSON)
    page.wait_for_load_state("networkidle")
    assert "m1-first/basics/two" not in kept(enrolment)
    for key in ("one", "two"):
        page.locator(f'[data-section="m1-first/basics/{key}"] [data-section-end]').scroll_into_view_if_needed()
    expect(page.locator("#save-state")).to_have_text("学习进度已保存")
    wait_until(lambda: kept(enrolment) == {"m1-first/basics/one", "m1-first/basics/two"}, "both sections are kept")
    assert db.session.scalar(select(ReadingPosition.lesson_key).filter_by(enrolment_id=enrolment.id)) == "basics"


def test_what_is_read_offline_is_sent_when_the_connection_is_back(page: Page, enrolment: Enrolment) -> None:
    page.goto(LESSON)
    page.context.set_offline(True)
    page.locator('[data-section="m1-first/basics/two"] [data-section-end]').scroll_into_view_if_needed()
    expect(page.locator("#save-state")).to_contain_text("网络已断开")
    assert "m1-first/basics/two" not in kept(enrolment)
    page.context.set_offline(False)
    wait_until(lambda: "m1-first/basics/two" in kept(enrolment), "what was read offline is kept")
    wait_until(lambda: page.evaluate("Object.values(localStorage).join('')") in {"", "{}"}, "the queue is empty")


def test_what_is_left_of_another_lesson_is_sent_from_the_next_page(page: Page, enrolment: Enrolment) -> None:
    page.goto(LESSON)
    page.context.set_offline(True)
    page.locator('[data-section="m1-first/basics/two"] [data-section-end]').scroll_into_view_if_needed()
    expect(page.locator("#save-state")).to_contain_text("网络已断开")
    page.context.route("**/progress", lambda route: route.abort())
    page.context.set_offline(False)
    page.goto("about:blank")
    page.context.unroute("**/progress")
    page.goto("/courses/small/m2-second/rule")
    wait_until(lambda: "m1-first/basics/two" in kept(enrolment), "the next lesson's page sends it")


def test_a_question_is_answered_without_leaving_the_page(page: Page, enrolment: Enrolment) -> None:
    page.goto(LESSON)
    page.evaluate("window.same = true")
    page.get_by_label("机关").check()
    page.get_by_role("button", name="提交答案").click()
    feedback = page.locator("#check-t-m1-c1 .feedback")
    expect(feedback).to_contain_text("回答正确")
    expect(feedback).to_be_focused()
    assert page.evaluate("window.same") is True
    release()
    assert list(db.session.scalars(select(CheckAnswer.correct).filter_by(enrolment_id=enrolment.id))) == [True]


def test_a_question_is_answered_without_javascript(academy: Served, trainee: Person, enrolment: Enrolment) -> None:
    context = academy.context(trainee, java_script_enabled=False)
    plain = context.new_page()
    plain.goto(LESSON)
    plain.get_by_label("当事人").check()
    plain.get_by_role("button", name="提交答案").click()
    expect(plain.locator("#check-t-m1-c1 .feedback")).to_contain_text("还不正确")
    plain.get_by_role("button", name="标为已读并继续").click()
    expect(plain).to_have_url("/courses/small/m1-first/case")
    assert kept(enrolment) == {"m1-first/basics/one", "m1-first/basics/two"}
    context.close()
