"""Take the README's pictures: the product with its demonstration people, started in a folder of its own."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PORT = 8123
BASE = f"http://127.0.0.1:{PORT}"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
CREDENTIALS = re.compile(r"^\s+(?:[a-z]+)\s+(\S+@demo\.example)\s+(\S+)", re.MULTILINE)
#: Colours in a picture; enough for type and flat colour.
COLOURS = 256
#: Printed on the certificate as the address where it is verified.
PUBLIC_URL = "http://academy.example"


@dataclass
class Studio:
    """A running academy, who may sign in there, and where the pictures go."""

    browser: Browser
    passwords: dict[str, str]
    out: Path

    def visit(self, email: str | None, *, width: int = 1280, height: int = 860) -> Page:
        """A window, signed in as one of the demonstration people or nobody."""
        context = self.browser.new_context(
            locale="zh-CN", viewport={"width": width, "height": height}, accept_downloads=True
        )
        page = context.new_page()
        page.goto(BASE)
        if email:
            page.goto(f"{BASE}/sign-in")
            page.locator("[name=email]").fill(f"{email}@demo.example")
            page.locator("[name=password]").fill(self.passwords[f"{email}@demo.example"])
            page.locator("main form button[type=submit]").click()
            expect(page.locator(".site-header details.menu")).to_be_visible()
        return page

    def keep(self, page: Page, name: str) -> None:
        """The window as a picture of few colours."""
        page.evaluate("() => document.fonts.ready")
        self.keep_picture(Image.open(BytesIO(page.screenshot())), name)

    def keep_picture(self, picture: Image.Image, name: str) -> None:
        path = self.out / f"{name}.png"
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} KB")


@contextmanager
def academy(folder: Path) -> Iterator[dict[str, str]]:
    """script/server's processes on a new database; who may sign in, with which password."""
    outside = ("APP_ENV", "DATABASE_URL", "DATA_DIR", "CONTENT_DIR", "SECRET_KEY", "PUBLIC_URL", "REDIS_URL")
    server = subprocess.Popen(
        [sys.executable, "script/serve.py", "--port", str(PORT), "--data", str(folder)],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if key not in outside} | {"PUBLIC_URL": PUBLIC_URL},
        stdout=subprocess.PIPE,
        text=True,
    )
    said = ""
    for line in server.stdout or ():
        said += line
        if BASE in line:
            break
    else:
        raise SystemExit(f"the academy did not open:\n{said}")
    try:
        yield dict(CREDENTIALS.findall(said))
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


def landing(studio: Studio) -> None:
    studio.keep(studio.visit(None), "landing")


def desk(studio: Studio) -> None:
    studio.keep(studio.visit("xu.mingyuan"), "desk")


def lesson(studio: Studio) -> None:
    for width, height, name in ((1280, 860, "lesson"), (390, 844, "lesson-phone")):
        page = studio.visit("xu.mingyuan", width=width, height=height)
        page.goto(f"{BASE}/courses/l2-section-337")
        path = page.locator("main ol.list-rows a").first.get_attribute("href")
        page.goto(f"{BASE}{path}")
        studio.keep(page, name)


def examination(studio: Studio) -> None:
    page = studio.visit("ye.zhiqiu")
    page.locator("main a[href$='/examination']").first.click()
    start = page.locator("form[action$='/examination/start']")
    start.locator("input[type=checkbox]").check()  # the declaration
    start.locator("button").click()
    question = page.locator(".exam-question:has([data-question=single])").first
    page.locator(f"[data-nav='{question.get_attribute('data-item')}']").click()
    question.locator(".choice").first.click()
    expect(page.locator("#save-state.is-ok")).to_be_visible()
    studio.keep(page, "examination")


def result(studio: Studio) -> None:
    page = studio.visit("zhou.zhixing")
    programme = page.locator("main a[href^='/my-programmes/']").first.get_attribute("href")
    page.goto(f"{BASE}{programme}/examination")
    page.locator("main table a[href^='/attempts/']").first.click()
    expect(page.locator("h1")).to_be_visible()
    studio.keep(page, "result")


def cohort(studio: Studio) -> None:
    page = studio.visit("registrar")
    page.goto(f"{BASE}/cohorts/")
    page.locator("main a", has_text="本期").first.click()
    expect(page.locator("main table")).to_be_visible()
    page.locator("main table").first.evaluate("table => scrollTo(0, table.getBoundingClientRect().top - 120)")
    studio.keep(page, "cohort")


def certificate(studio: Studio) -> None:
    """The document itself, and what a stranger sees who verifies it."""
    page = studio.visit("lin.jianwei")
    page.goto(f"{BASE}/certificates")
    page.locator("main h2 a").first.click()
    download = page.locator("a[href$='/file']")
    while not download.count():  # the worker is drawing it
        page.reload()
    with page.expect_download() as waiting:
        download.click()
    drawn = subprocess.run(
        ["pdftoppm", "-r", "80", "-png", "-singlefile", waiting.value.path()], check=True, capture_output=True
    )
    studio.keep_picture(Image.open(BytesIO(drawn.stdout)), "certificate")
    link = page.locator("aside a[href*='/verify']").get_attribute("href") or ""
    stranger = studio.visit(None)
    stranger.goto(link.replace(PUBLIC_URL, BASE))
    if stranger.locator(".verdict").count() == 0:
        stranger.locator("form[data-verify] button[type=submit]").click()
    expect(stranger.locator(".verdict.is-ok")).to_be_visible()
    studio.keep(stranger, "verify")


def evidence(studio: Studio) -> None:
    page = studio.visit("certifier")
    page.goto(f"{BASE}/experts/applications")
    page.locator("main a[href^='/experts/applications/']").first.click()
    expect(page.locator(".evidence-row").first).to_be_visible()
    page.locator(".evidence-row").first.evaluate("row => scrollTo(0, row.getBoundingClientRect().top - 120)")
    studio.keep(page, "evidence")


def editor(studio: Studio) -> None:
    page = studio.visit("instructor")
    page.goto(f"{BASE}/authoring/l2-section-337/lessons/m1-elements/forum")
    expect(page.locator(".cm-content").first).to_be_visible()
    studio.keep(page, "editor")


PICTURES: tuple[Callable[[Studio], None], ...] = (
    landing, desk, lesson, examination, result, cohort, certificate, evidence, editor,
)  # fmt: skip


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        academy(Path(folder)) as passwords,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        studio = Studio(browser, passwords, out)
        for picture in PICTURES:
            picture(studio)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
