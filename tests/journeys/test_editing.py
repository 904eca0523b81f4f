"""Authors in real browsers: two at one lesson, one offline and crashed; a module from nothing; a recording."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, Route, expect

from app.accounts.models import Person
from app.core.access import Role
from app.core.database import release, write_mode
from app.courses.authoring import queries
from app.courses.authoring.models import Draft
from tests.support.authoring import instructor, open_draft
from tests.support.cast import make_cast, make_person
from tests.support.chromium import violations
from tests.support.courses import sync_folder
from tests.support.olx import olx
from tests.support.packages import tarred
from tests.support.processes import Site, own_site, wait_until
from tests.support.recordings import TRANSCRIPT, mp3
from tests.support.serving import served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

LESSON = "/authoring/small/lessons/m1-first/basics"
PATH = "m1-first/01-basics.zh.md"
Open = Callable[[Person], BrowserContext]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("editing")) as site:
        yield site


@pytest.fixture(scope="module")
def authors(site: Site) -> list[Person]:
    """Two instructors of the authority, whose course it is."""
    with write_mode():
        cast = make_cast()
        sync_folder()
        people = [make_person(cast.authority, Role.INSTRUCTOR, name=name) for name in ("郑起草", "何合写")]
    release()
    return people


@pytest.fixture(scope="module")
def draft(authors: list[Person]) -> Draft:
    with write_mode():
        draft = open_draft(instructor(authors[0], national=True))
    release()
    return draft


@pytest.fixture(scope="module")
def browser_of(site: Site, browser: Browser) -> Iterator[Open]:
    """A browser of its own for each of them, which keeps what it stores."""
    with served(site, browser) as academy:
        yield lambda person: academy.context(person, viewport={"width": 1280, "height": 900})


def head_of(draft: Draft, path: str = PATH) -> str:
    release()
    text = queries.text_of(draft.id, path)
    release()
    return text


def open_lesson(context: BrowserContext, path: str = LESSON) -> Page:
    page = context.new_page()
    page.goto(path)
    expect(page.locator("#lesson-form[data-ready]")).to_be_attached()
    return page


def write_at_line(page: Page, number: int, text: str) -> None:
    """Type at the end of a line of the Chinese source."""
    page.locator(".pane-zh .cm-line").nth(number - 1).click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def says(page: Page, place: str, words: str) -> None:
    """Sooner or later the place says the words; the machine may be busy."""
    expect(page.locator(place)).to_contain_text(words)


def saved(page: Page) -> None:
    says(page, "#save-state", "已于")


def test_two_authors_one_offline_lose_nothing(authors: list[Person], draft: Draft, browser_of: Open) -> None:
    """Both write at once and see each other's lines; one goes offline, crashes, and comes back to a conflict."""
    first_context, second_context = browser_of(authors[0]), browser_of(authors[1])
    first, second = open_lesson(first_context), open_lesson(second_context)
    lines = head_of(draft).splitlines()
    body = [number for number, line in enumerate(lines, 1) if line and not line.startswith(("#", ":", "!", "["))]
    assert len(body) >= 2
    write_at_line(first, body[0], "甲写的话。")
    saved(first)
    write_at_line(second, body[-1], "乙写的话。")
    saved(second)
    says(second, ".pane-zh .cm-content", "甲写的话。")
    says(second, "#presence", "郑起草")
    assert violations(second) == []

    second_context.set_offline(True)
    write_at_line(second, body[0], "乙离线写的话。")
    says(second, "#save-state", "离线")
    second.close()  # with what it could not send
    write_at_line(first, body[0], "甲又写的话。")
    saved(first)
    says(first, ".pane-zh .cm-content", "乙写的话。")

    second_context.set_offline(False)
    second = open_lesson(second_context)
    says(second, "#lesson-notice", "完整保留")
    assert "乙离线写的话。" not in head_of(draft)
    second.locator("#lesson-notice a").click()
    for words in ("甲又写的话。", "乙离线写的话。"):
        says(second, ".merge-clash", words)
    assert violations(second) == []
    second.get_by_label("两者都要，前后相接").check()
    second.get_by_role("button", name="保存所选").click()
    expect(second.locator("#lesson-form[data-ready]")).to_be_attached()
    found = head_of(draft)
    for words in ("甲写的话。", "乙写的话。", "甲又写的话。", "乙离线写的话。"):
        assert words in found
    says(second, "#save-state", "均已保存")


BOTH = ("zh", "en")


def test_a_course_of_another_system_is_looked_at_and_becomes_a_draft(
    authors: list[Person], browser_of: Open
) -> None:
    """From the file to the report, from there to the course, its lesson in the editor, and its examination."""
    page = browser_of(authors[0]).new_page()
    page.goto("/authoring")
    page.get_by_role("link", name="导入课程包").click()
    package = FilePayload(name="borders.tar.gz", mimeType="application/gzip", buffer=tarred(olx()))
    page.get_by_label("课程包").set_input_files(package)
    page.get_by_label("英文").check()
    page.get_by_role("button", name="读取课程包").click()
    expect(page.get_by_role("heading", name="Border measures", level=1)).to_be_visible()
    expect(page.get_by_role("row", name="Random")).to_contain_text("由脚本计算")
    expect(page.locator("main")).to_contain_text("Who decides?")
    assert violations(page) == []
    page.get_by_role("button", name="建立课程").click()
    page.get_by_role("link", name="Exclusion orders").first.click()
    expect(page.locator("#lesson-form[data-ready]")).to_be_attached()
    page.locator('[data-show="en-source"]').click()
    expect(page.locator("#page-en")).to_contain_text("What an order does")
    assert page.locator("#page-en img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 8
    page.locator("#page-en").get_by_role("link", name="border-measures-m1-q01").click()
    expect(page.locator('[name="prompt.en"]')).to_have_value("Who **decides**?")
    page.get_by_role("link", name="返回目录").click()
    page.get_by_role("link", name="添加考试").click()
    add_an_examination(page)


def add_an_examination(page: Page) -> None:
    """Counts, faults and what candidates read follow the form as one types; the matrix by keyboard."""
    expect(page.locator("#exam-form[data-ready]")).to_be_attached()
    says(page, "[id='note-pools.0']", "符合条件的有")
    draw = page.locator("[name='pools.0.pick']")
    draw.fill("99")
    says(page, "[id='fault-pools.0.pick']", "最多只能抽")
    expect(draw).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    draw.fill("1")
    expect(page.locator("[id='fault-pools.0.pick'] .form-error")).to_have_count(0)
    page.locator("[name=minutes]").fill("25")
    page.locator("[name='review.correct']").first.focus()
    for _box in range(3):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    for words in ("25分钟", "正确答案不显示"):
        says(page, "#exam-card", words)
    page.get_by_role("button", name="保存").click()
    says(page, ".flashes", "已保存")
    expect(page.locator("[name='review.correct']:checked")).to_have_count(0)


RECORDINGS = "/authoring/small/recordings"


def choose_recording(page: Page, file: Path) -> None:
    page.goto(RECORDINGS)
    expect(page.locator("#upload-form[data-ready]")).to_be_attached()
    page.locator("#upload-file").set_input_files(file)


def break_off(page: Page, url: str, data: bytes) -> None:
    """Begin a piece over a connection of our own, and cut it half-way."""
    split = urlsplit(page.url)
    assert split.hostname is not None
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    token = page.locator("#upload-form [name=csrf_token]").input_value()
    start = int(page.request.head(url).headers["upload-offset"])
    head = (
        f"PATCH {url} HTTP/1.1\r\nHost: {split.netloc}\r\nCookie: {cookies}\r\nX-CSRFToken: {token}\r\n"
        f"Accept: application/json\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: {start}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(data) - start}\r\n\r\n"
    )
    with socket.create_connection((split.hostname, split.port or 80)) as line:
        line.sendall(head.encode() + data[start : start + 50_000])
    wait_until(
        lambda: int(page.request.head(url).headers["upload-offset"]) == start + 50_000, "half a piece is kept"
    )


def test_a_recording_over_broken_lines(
    authors: list[Person], draft: Draft, browser_of: Open, tmp_path: Path
) -> None:
    """The line breaks, the page is closed, a connection is cut half-way: choosing the file again goes on."""
    file = tmp_path / "Lecture.mp3"
    file.write_bytes(mp3(4000))
    page = browser_of(authors[0]).new_page()
    sent: list[int] = []

    def first_piece_only(route: Route) -> None:
        if route.request.method == "PATCH":
            sent.append(1)
        if len(sent) > 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/uploads/*", first_piece_only)
    choose_recording(page, file)
    says(page, "#upload-state", "离线")
    context = page.context
    page.close()

    page = context.new_page()
    page.goto(RECORDINGS)
    begun = page.locator("[data-upload]")
    expect(begun).to_contain_text("Lecture.mp3")
    break_off(page, str(begun.get_attribute("data-upload")), file.read_bytes())
    assert violations(page) == []
    choose_recording(page, file)
    page.wait_for_url("**/recordings/lecture.mp3")
    player = "document.querySelector('audio')"
    wait_until(lambda: page.evaluate(f"{player}.duration > 100"), "the browser knows how long the recording is")
    page.evaluate(f"{player}.currentTime = 90")  # from a part of the file alone
    wait_until(
        lambda: page.evaluate(f"!{player}.seeking && {player}.readyState >= 2"), "it can be played from there"
    )
    page.locator("[data-speed]").select_option("1.5")
    wait_until(lambda: page.evaluate(f"{player}.playbackRate === 1.5"), "it plays faster")
    for tag in BOTH:
        page.locator(f"#transcript-{tag}").fill(TRANSCRIPT[tag])
    page.get_by_role("button", name="保存").click()
    says(page, ".flashes", "已保存")
    assert violations(page) == []
    assert head_of(draft, "media/lecture.zh.txt") == TRANSCRIPT["zh"]

    page = open_lesson(context)
    page.locator('[data-show="zh-source"]').click()
    page.locator('.pane-zh [data-tool="media"]').click()
    page.locator("#media input[value='lecture.mp3']").check()
    for name, words in (("title_zh", "法官讲座"), ("title_en", "A judge’s lecture")):
        page.locator(f"#dialog-media [name={name}]").fill(words)
    page.locator("#dialog-media .btn-primary").click()
    expect(page.locator("#page-zh audio")).to_be_attached()
    saved(page)
    release()
    edits = queries.edits_of(draft.id, "media/lecture.mp3")
    assert [(one.version, one.person_id) for one in edits] == [(1, authors[0].id)]
    assert "::: audio lecture.mp3 A judge’s lecture\n:::" in head_of(draft, PATH.replace(".zh.", ".en."))
