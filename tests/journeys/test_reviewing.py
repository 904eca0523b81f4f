"""An instructor has a draft reviewed, publishes it knowing whom it affects, and publishes an earlier one anew."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from app.accounts.models import Person
from app.core.access import Role
from app.core.database import release, write_mode
from tests.support.authoring import change, instructor, open_draft, publish
from tests.support.cast import make_cast, make_person
from tests.support.courses import enrol, read_everything, sync_folder
from tests.support.processes import own_site
from tests.support.serving import Served, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LESSON = "m1-first/01-basics.zh.md"


@dataclass
class Story:
    """Two authors of one course, and a trainee under way in it."""

    academy: Served
    author: Person
    reviewer: Person
    trainee: Person


@pytest.fixture
def story(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Story]:
    """A course published twice, a trainee under way in it, and a draft of its author's."""
    with own_site(tmp_path_factory.mktemp("reviewing")) as site:
        with write_mode():
            cast = make_cast()
            author = make_person(cast.authority, Role.INSTRUCTOR, name="撰写人")
            reviewer = make_person(cast.authority, Role.INSTRUCTOR, name="审稿人")
        release()
        sync_folder()
        enrol(cast.trainee)
        read_everything(cast.trainee)
        earlier = open_draft(instructor(reviewer, national=True))
        change(instructor(reviewer, national=True), earlier, LESSON, "同条另有例外", "同条另有若干例外")
        publish(instructor(reviewer, national=True), instructor(author, national=True), earlier)
        draft = open_draft(instructor(author, national=True))
        change(instructor(author, national=True), draft, LESSON, "排除令由机关发布", "排除令由主管机关发布")
        release()
        with served(site, browser) as academy:
            yield Story(academy, author, reviewer, cast.trainee)


def test_from_a_change_to_its_publication_and_back(story: Story) -> None:
    writing, reading = story.academy.window(story.author), story.academy.window(story.reviewer, width=390)
    page = writing.open("/authoring/small/review")
    assert page.locator(".diff ins").all_inner_texts() == ["主管"]
    page.get_by_label("给审稿人的说明").fill("写明了发布机关。")
    writing.send()
    assert "等待审稿" in page.inner_text("main")

    desk = reading.open("/drafts-to-review")
    reading.follow(desk.get_by_role("link", name="小课程"))
    reading.follow(desk.locator(".diff .is-added a").first)
    desk.locator("#comment textarea[name=body]").fill("请与官方用语一致。")
    desk.get_by_text("建议改写").click()
    words = desk.locator("#comment textarea[name=suggestion]")
    words.fill(words.input_value().replace("主管机关", "有关机关"))
    desk.get_by_label("作为建议提交").check()
    desk.get_by_role("button", name="发表意见").click()
    reading.look()
    reading.follow(desk.get_by_role("link", name="按读者所见"))
    assert "排除令由主管机关发布" in desk.inner_text(".compare")

    writing.open("/authoring/small/review")
    page.get_by_role("button", name="采纳").click()
    writing.look()
    assert "有关机关" in page.inner_text(".diff")
    page.get_by_label("给审稿人的说明").fill("已采纳。")
    writing.send()

    reading.open("/authoring/small/review")
    desk.get_by_label("批准：可按现状发布").check()
    desk.get_by_label("理由").fill("已与官方文本比对。")
    reading.send()
    writing.open("/authoring/small/publish")
    assert story.trainee.name in page.inner_text("main")
    page.get_by_label("转入新版").check()
    writing.send()
    assert "第 3 版" in page.inner_text("main")
    writing.follow(page.get_by_role("link", name="与前一次比较").first)
    assert "有关" in page.inner_text(".diff")
    writing.open("/authoring/small/history")
    writing.follow(page.get_by_role("link", name="重新发布…").first)
    page.get_by_label("变化情况").fill("恢复原来的写法。")
    writing.send()
    assert page.locator("main li").first.inner_text().startswith("第 2 版")
    writing.close()
    reading.close()
