"""An instructor finds a bad question by its statistics, corrects the key and regrades; a certifier decides."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from app.accounts.models import Person
from app.certificates.models import Certificate
from app.core import clock
from app.core.access import Role
from app.core.database import db, release, write_mode
from app.jobs.services import run_due_jobs
from app.quizzes.models import AttemptResult
from app.quizzes.regrading import services
from app.quizzes.regrading.models import Regrade
from tests.support.analysis import by_ability, publish, single_questions
from tests.support.cast import Cast, make_cast, make_person
from tests.support.decisions import Certified, certified
from tests.support.processes import own_site
from tests.support.regrading import stop_after
from tests.support.serving import Served, served
from tests.support.sittings import make_people, sit

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


@dataclass
class Story:
    """An examination in whose third question the able take c though b is the key; and a certified trainee."""

    academy: Served
    cast: Cast
    teacher: Person
    small: Certified
    attempts: list[uuid.UUID]


@pytest.fixture
def story(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Story]:
    with own_site(tmp_path_factory.mktemp("regrading")) as site:
        with write_mode():
            cast = make_cast()
            teacher = make_person(cast.authority, Role.INSTRUCTOR, name="国家讲师")
            small = certified(cast)
            revision = publish(single_questions(8), key="bad-question")
            people = [*make_people(39, cast.university), cast.cohort_mate.id]
            an_hour_ago = clock.now() - timedelta(hours=1)
            attempts = sit(revision, people, by_ability(wrong_key="q3"), now=an_hour_ago)
            run_due_jobs()
        release()
        with served(site, browser) as academy:
            yield Story(academy, cast, teacher, small, attempts)


def work() -> None:
    """What a worker does meanwhile."""
    release()
    run_due_jobs()
    release()


def halfway(patch: pytest.MonkeyPatch) -> None:
    """Its job fails for good when half of the papers are regraded."""
    with write_mode(), patch.context() as small:
        small.setattr(services, "BATCH", 20)
        stop_after(db.session.scalars(db.select(Regrade.id)).one(), 1, patch)
    release()


def test_a_bad_question_is_found_corrected_and_regraded(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = story.academy.window(story.teacher)
    desk.open("/examinations/bad-question/regrade")
    page = desk.open("/examinations/bad-question/analysis")
    desk.follow(page.locator("table tbody tr", has_text="区分度为负").first.locator("a").first)
    desk.follow(page.get_by_role("link", name="对本题重新评分"))
    page.locator("fieldset label.choice", has_text="题目b").locator("input").uncheck()
    page.locator("fieldset label.choice", has_text="题目c").locator("input").check()
    page.get_by_label("同时更正题库，供以后的试卷使用").check()
    desk.send()
    assert "正在试算" in page.inner_text("main")
    work()
    page.reload()
    desk.look()
    assert "有变化的成绩" in page.inner_text("main")
    desk.follow(page.get_by_role("link", name="执行…").first)
    page.get_by_label("给考生的说明").fill("第 3 题的正确答案应为 c，成绩已重新计算。")
    page.get_by_label("记录在案的理由").fill("试题分析：区分度为负；答案键有误。")
    desk.send()
    halfway(monkeypatch)
    page.get_by_role("link", name="撤回……").wait_for()  # the page has found out by itself
    desk.look()
    desk.narrow()
    desk.follow(page.get_by_role("link", name="撤回……"))
    desk.narrow()
    desk.follow(page.get_by_role("link", name="取消"))
    desk.follow(page.get_by_role("button", name="重试"))
    work()
    page.reload()
    desk.look()
    assert "已执行" in page.inner_text("main")
    desk.follow(page.locator("table tbody tr a").first)
    desk.follow(page.get_by_role("link", name="评分历史"))
    desk.open("/regrades")
    desk.close()

    regrade = db.session.scalars(db.select(Regrade)).one()
    results = db.session.scalars(db.select(AttemptResult).filter_by(run_id=regrade.run_id)).all()
    assert len(results) == len(story.attempts)
    release()
    reader = story.academy.window(story.cast.cohort_mate, locale="en", width=390)
    text = reader.open(f"/attempts/{story.attempts[-1]}/result").inner_text("main")
    assert "Your result was recomputed" in text
    assert "第 3 题的正确答案应为 c" in text
    reader.close()


def test_a_certifier_decides_about_what_rests_on_it(story: Story) -> None:
    with write_mode():
        story.small.wrong_key()
    release()
    desk = story.academy.window(story.cast.certifier, locale="en", width=390)
    page = desk.open("/certificates/decisions")
    desk.follow(page.get_by_role("link", name=story.cast.trainee.name))
    page.get_by_label("Revoke this certificate").check()
    desk.refused(page.locator("main form button.btn-primary"))
    page.get_by_label("Issued in error").check()
    page.get_by_label("Reason for the record").fill("The key was wrong; the examination is not passed.")
    desk.send()
    desk.open("/certificates/decisions?state=past")
    desk.close()
    release()
    assert [row.state.value for row in db.session.scalars(db.select(Certificate))] == ["revoked"]
    release()
