"""A trainee on a bad line marks, notes, asks, searches, reviews and takes a module along; she is answered."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from app.core.database import release, write_mode
from app.jobs.services import run_due_jobs
from tests.support.cast import make_cast
from tests.support.courses import SMALL, answer_everything, enrol, sync_folder
from tests.support.processes import Site, own_site, wait_until
from tests.support.serving import served
from tests.support.windows import Window

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LESSON: Final = "/courses/small/m1-first/basics"
#: One in the line, and one wider than a telephone.
FORMULAS: Final = (
    f"率为 $r = \\frac{{a}}{{b}}$，共\n\n$$\nL = {' + '.join(f'x_{{{n}}}' for n in range(1, 20))}\n$$\n"
)
SELECT: Final = """(words) => {
  const walker = document.createTreeWalker(document.querySelector('.lesson-text'), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    const range = document.createRange();
    range.setStart(walker.currentNode, at);
    range.setEnd(walker.currentNode, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
}"""


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = Path(shutil.copytree(SMALL, tmp_path_factory.mktemp("studying-content") / "content"))
    for path in (folder / "courses/small/m1-first").glob("01-basics.*.md"):
        path.write_text(f"{path.read_text('utf-8')}\n{FORMULAS}", "utf-8")
    with own_site(tmp_path_factory.mktemp("studying")) as site:
        sync_folder(folder)
        yield site


def open_a_term(page: Page) -> None:
    """By keyboard: the entry opens, Escape closes it, and the focus is where it was."""
    term = page.locator("a.term").first
    term.focus()
    page.keyboard.press("Enter")
    card = page.locator(".term-card:popover-open")
    expect(card).to_contain_text("禁止侵权物品进口的命令。")
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(term).to_be_focused()


def note_offline(reader: Window) -> None:
    """A highlight online, a note offline; the note is there after a reload, and reaches the server."""
    page = reader.page
    page.evaluate(SELECT, "另有例外")
    page.locator("[data-mark-as=highlight]").click()
    expect(page.locator(".note-state").first).to_have_text("已保存")
    reader.context.set_offline(True)
    page.evaluate(SELECT, "由机关发布")
    page.locator("[data-mark-as=note]").click()
    page.get_by_label("我的笔记内容").fill("哪个机关要写清楚。")
    page.get_by_role("button", name="保存笔记").click()
    expect(page.locator(".note-state").last).to_contain_text("网络恢复后自动上传")
    reader.context.set_offline(False)
    expect(page.locator(".note-state").last).to_have_text("已保存")
    reader.complaints.clear()  # what the browser said of a lost connection
    page.reload()
    assert page.locator("mark.own-mark").all_inner_texts() == ["由机关发布", "另有例外"]
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('notes')).length") == 0


def list_what_waits(reader: Window) -> None:
    """A note made while the server could not be reached shows among the notes, and arrives from there."""
    page = reader.page
    page.route("**/notes", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("[data-note-new]").last.click()
    page.get_by_role("button", name="只作标记").click()
    expect(page.locator(".note-state").last).to_contain_text("网络恢复后自动上传")
    page.goto(f"{reader.base}/notes")
    expect(page.locator("[data-notes-waiting]")).to_be_visible()
    page.unroute("**/notes")
    page.evaluate("dispatchEvent(new Event('online'))")  # it loads itself again as soon as everything has arrived
    expect(page.locator(".notes-list li")).to_have_count(3)
    expect(page.locator("[data-notes-waiting]")).to_be_hidden()
    reader.complaints.clear()  # what the browser said of requests that were cut off
    reader.look()
    reader.open(LESSON)


def mark_a_formula(reader: Window) -> None:
    """A highlight takes a formula up whole; it says its TeX in the list, and a wide one scrolls in its box."""
    page = reader.open(LESSON)
    wide = page.locator(".formula-display").first
    assert wide.evaluate("(box) => box.scrollWidth > box.clientWidth")
    page.evaluate(
        """() => {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector('.formula:not(.formula-display)').parentElement);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    }"""
    )
    page.locator("[data-mark-as=highlight]").click()
    expect(page.locator("mark.own-mark .formula math")).to_be_visible()
    expect(page.locator(".note-state").last).to_have_text("已保存")
    page = reader.open(LESSON)
    expect(page.locator("mark.own-mark .formula math")).to_be_visible()
    assert "率为 $r = \\frac{a}{b}$，共" in " ".join(reader.open("/notes").inner_text("main").split())


def ask(reader: Window) -> None:
    page = reader.page
    page.evaluate(SELECT, "由机关发布")
    reader.follow(page.locator("[data-mark-as=ask]"))
    page.get_by_label("您的问题").fill("该机关是法院吗？")
    reader.send()


def answer(desk: Window) -> None:
    desk.open("/teaching/trainee-questions")
    page = desk.follow(desk.page.get_by_role("link", name="该机关是法院吗？"))
    page.get_by_label("解答", exact=True).fill("不是，是委员会。")
    page.get_by_label("向学习本课程的所有人公开").check()
    desk.send()


def review(reader: Window) -> None:
    page = reader.open("/review")
    reader.follow(page.get_by_role("link", name="开始复习"))
    page.locator("form.check input[type=radio]").first.check()
    reader.follow(page.get_by_role("button", name="提交答案"))
    assert "再次出现" in page.inner_text("main")


def test_a_trainee_studies_with_notes_questions_review_and_a_document(
    site: Site, browser: Browser, tmp_path: Path
) -> None:
    with served(site, browser) as academy:
        with write_mode():
            cast = make_cast()
        release()
        enrol(cast.trainee)
        answer_everything(cast.trainee)
        release()
        run_due_jobs()
        reader = academy.window(cast.trainee, width=390)
        open_a_term(reader.open(LESSON))
        note_offline(reader)
        list_what_waits(reader)
        ask(reader)
        desk = academy.window(cast.instructor)
        answer(desk)
        assert "不是，是委员会。" in reader.open(LESSON).locator(".section-questions").inner_text()
        page = reader.open("/notes")
        reader.follow(page.get_by_role("link", name="修改").last)
        page.get_by_label("我的笔记内容").fill("哪个机关，何时发布。")
        reader.send()
        assert "何时发布" in page.inner_text("main")
        assert reader.open("/courses/small/search?q=机关").locator("mark").all_inner_texts() == ["机关"]
        review(reader)
        page = reader.open("/courses/small/documents/m1-first")
        reader.send()
        wait_until(lambda: run_due_jobs() > 0, "the document is made")
        link = page.get_by_role("link", name="下载")
        expect(link).to_be_visible()
        assert reader.download(link, tmp_path).read_bytes().startswith(b"%PDF")
        mark_a_formula(reader)
        reader.close()
        desk.close()
