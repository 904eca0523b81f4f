"""The first page: what to do next, for everybody."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.cohorts.queries import get_membership_for
from app.cohorts.services import start_certification_exam
from app.core import clock
from app.core.database import release, transaction
from app.quizzes.services import submit_attempt
from tests.support.cast import Cast, as_actor
from tests.support.cohorts import join, make_cohort, pass_course
from tests.support.courses import sync_folder
from tests.support.pages import Visitors, words
from tests.support.quizzes import make_quiz, start
from tests.support.statements import counted_statements


@pytest.mark.parametrize(("locale", "word"), [("zh_Hans", "核验证书"), ("en", "Verify a certificate")])
def test_a_stranger_learns_what_this_place_is(visit: Visitors, locale: str, word: str) -> None:
    assert word in words(visit(locale=locale).page("/"))


def test_somebody_without_a_cohort_is_told_how_to_get_into_one(visit: Visitors, cast: Cast) -> None:
    page = visit(cast.trainee).page("/")
    assert "您还没有加入班次" in words(page)
    assert page.cssselect("main a[href='/join']")
    assert "目前没有待办事项" in words(visit(cast.outsider).page("/"))


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_a_trainee_sees_her_next_step_and_where_it_leads(
    app: Flask, visit: Visitors, cast: Cast, locale: str
) -> None:
    with app.app_context():
        sync_folder()
    join(cast, make_cohort(cast), cast.trainee)
    page = visit(cast.trainee, locale).page("/")
    assert ("下一步：学习" if locale == "zh_Hans" else "Next: Study") in words(page)
    [action] = page.cssselect("main .btn-primary")
    assert str(action.get("href")).startswith("/courses/small/m1-first/basics#")  # the exact section


def test_each_role_sees_its_own_desk_and_nobody_elses(visit: Visitors, cast: Cast) -> None:
    cohorts, work, platform = "在办班次", "待您处理", "平台运行情况"
    desks = {
        "registrar": {cohorts},
        "instructor": {cohorts, work},
        "certifier": {work},
        "administrator": {work, platform},
    }
    for name, headings in desks.items():
        shown = words(visit(cast.people[name]).page("/"))
        assert {heading for heading in (cohorts, work, platform) if heading in shown} == headings, name


def test_the_registrars_desk_shows_her_own_cohorts_in_a_fixed_number_of_statements(
    app: Flask, visit: Visitors, cast: Cast
) -> None:
    with app.app_context():
        sync_folder()
    cohort = make_cohort(cast, "一班")
    join(cast, cohort, cast.trainee)
    browser = visit(cast.registrar)

    def statements() -> int:
        release()
        with counted_statements() as seen:
            assert "一班" in words(browser.page("/"))
        return len(seen)

    statements()  # outlines are kept by the process from here on
    before = statements()
    join(cast, cohort, cast.cohort_mate)
    join(cast, make_cohort(cast, "二班"), cast.outsider)
    assert statements() == before <= 12
    assert "一班" not in words(visit(cast.other_registrar).page("/"))


def test_who_comes_back_in_the_middle_of_an_examination_finds_it_first(visit: Visitors, cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz())
    paper = f"a.btn-primary[href='/attempts/{attempt.id}']"
    assert visit(cast.trainee).page("/").cssselect(paper)
    assert not visit(cast.outsider).page("/").cssselect(paper)
    with clock.frozen_at(attempt.cutoff_at + timedelta(seconds=1)):
        assert not visit(cast.trainee).page("/").cssselect(paper), "its time is over"


def test_the_desk_leads_to_the_examination_as_its_rules_hold_now(app: Flask, visit: Visitors, cast: Cast) -> None:
    """Open; running; failed, with the next attempt only from a day on."""
    person = cast.trainee
    with app.app_context():
        sync_folder()
        membership = join(cast, make_cohort(cast), person)
        pass_course(person)
    browser, own = visit(person), f"/my-programmes/{membership.id}"
    pages = ("/", own)
    assert all(browser.page(page).cssselect(f"a.btn-primary[href='{own}/examination']") for page in pages)
    release()
    with transaction():
        attempt = start_certification_exam(
            as_actor(person), get_membership_for(as_actor(person), membership.id), clock.now()
        )
    assert all(browser.page(page).cssselect(f"a.btn-primary[href='/attempts/{attempt.id}']") for page in pages)
    release()
    with transaction():
        submit_attempt(as_actor(person), attempt.id, now=clock.now())
    for page in pages:
        shown = browser.page(page)
        assert not shown.cssselect(f"a.btn-primary[href='{own}/examination']")
        assert re.search("自.*（UTC\\+8）起开始下一次作答", words(shown)), words(shown)
