"""An instructor builds a module, has it reviewed, publishes, corrects, and sees who is affected."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from app.accounts.models import Person
from app.core.access import Role
from app.core.database import release, write_mode
from tests.support.authoring import change, instructor, open_draft
from tests.support.authoring import publish as publish_draft
from tests.support.building import build_module, change_source, says
from tests.support.cast import make_cast, make_person
from tests.support.courses import enrol, read_everything, sync_folder
from tests.support.processes import own_site
from tests.support.serving import Served, served
from tests.support.windows import Window

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
        publish_draft(instructor(reviewer, national=True), instructor(author, national=True), earlier)
        draft = open_draft(instructor(author, national=True))
        change(instructor(author, national=True), draft, LESSON, "排除令由机关发布", "排除令由主管机关发布")
        release()
        with served(site, browser) as academy:
            yield Story(academy, author, reviewer, cast.trainee)


def build(story: Story) -> None:
    """A module with a figure, a citation, a case and six question types, seen as a trainee will."""
    builder = story.academy.context(story.author, viewport={"width": 1280, "height": 900}).new_page()
    build_module(builder)
    builder.goto("/authoring/small/preview/lessons/module-a/start?stage=studied")
    says(builder, ".preview-strip", "以学员身份预览")
    says(builder, "main", "题目single")
    builder.context.close()


def review(writing: Window, reading: Window) -> None:
    """The draft is submitted, commented on, mended by a suggestion, and approved."""
    page = writing.open("/authoring/small/review")
    assert "主管" in page.locator(".diff ins").all_inner_texts()
    page.get_by_label("给审稿人的说明").fill("写明了发布机关。")
    writing.send()
    assert "等待审稿" in page.inner_text("main")

    desk = reading.open("/drafts-to-review")
    reading.follow(desk.get_by_role("link", name="小课程"))
    reading.follow(desk.locator(".diff .is-added a[href*='01-basics.zh']").first)
    desk.locator("#comment textarea[name=body]").fill("请与官方用语一致。")
    desk.get_by_text("建议改写").click()
    words = desk.locator("#comment textarea[name=suggestion]")
    words.fill(words.input_value().replace("主管机关", "有关机关"))
    desk.get_by_label("作为建议提交").check()
    reading.follow(desk.get_by_role("button", name="发表意见"))
    reading.follow(desk.get_by_role("link", name="按读者所见"))
    assert "排除令由主管机关发布" in desk.inner_text(".compare")

    writing.open("/authoring/small/review")
    writing.follow(page.get_by_role("button", name="采纳"))
    assert "有关机关" in page.inner_text("main")
    page.get_by_label("给审稿人的说明").fill("已采纳。")
    writing.send()

    reading.open("/authoring/small/review")
    desk.get_by_label("批准：可按现状发布").check()
    desk.get_by_label("理由").fill("已与官方文本比对。")
    reading.send()


def publish(writing: Window, story: Story, revision: str) -> None:
    """Knowing who is affected, and taking her along."""
    page = writing.open("/authoring/small/publish")
    assert story.trainee.name in page.inner_text("main")
    page.get_by_label("转入新版").check()
    writing.send()
    assert revision in page.inner_text("main")


def correct(story: Story, writing: Window, reading: Window) -> None:
    """A word of what was published, approved by the reviewer."""
    correcting = story.academy.context(story.author).new_page()
    correcting.goto("/authoring/small")
    correcting.get_by_role("button", name="开始起草").click()
    says(correcting, "main", "模块甲")
    change_source(correcting, "module-a/01-case-of-an-order.zh.md", "机关发布的令。", "主管机关发布的令。")
    correcting.context.close()
    page = writing.open("/authoring/small/review")
    page.get_by_label("给审稿人的说明").fill("更正一处。")
    writing.send()
    desk = reading.open("/authoring/small/review")
    desk.get_by_label("批准：可按现状发布").check()
    desk.get_by_label("理由").fill("同意更正。")
    reading.send()


def test_an_instructor_builds_publishes_and_corrects(story: Story) -> None:
    """From nothing to a publication, a correction that says whom it affects, and back to what was before."""
    build(story)
    writing, reading = story.academy.window(story.author), story.academy.window(story.reviewer, width=390)
    review(writing, reading)
    publish(writing, story, "第 3 版")
    correct(story, writing, reading)
    publish(writing, story, "第 4 版")
    page = writing.page
    writing.follow(page.get_by_role("link", name="与前一次比较").nth(1))
    assert "有关" in page.inner_text("main")
    writing.open("/authoring/small/history")
    writing.follow(page.get_by_role("link", name="重新发布…").first)
    page.get_by_label("变化情况").fill("恢复原来的写法。")
    writing.send()
    assert page.locator("main li").first.inner_text().startswith("第 3 版")
    writing.close()
    reading.close()
