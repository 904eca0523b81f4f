"""A graduate hands her certificate on; an employer asks the public page, and it tells the truth each time.

Downloaded, dropped, scanned, edited, superseded by a corrected name, revoked.
"""

import base64
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import zxingcpp
from playwright.sync_api import Browser
from sqlalchemy import select

from app.certificates.models import Certificate
from app.core import clock
from app.core.database import db, release, write_mode
from app.jobs.services import run_due_jobs
from tests.certificates.test_document import picture_of
from tests.support.cast import Cast, make_cast
from tests.support.certificates import make_certificate
from tests.support.processes import own_site
from tests.support.serving import Served, served
from tests.support.windows import Window

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
#: Lets go of a file over the page, as a person does who drags it there from a folder.
DROP = """([name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type: 'application/pdf' }));
  for (const kind of ['dragover', 'drop']) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
  }
}"""


@dataclass
class Story:
    """A site on which a trainee's certificate was issued."""

    academy: Served
    cast: Cast
    certificate_id: uuid.UUID


@pytest.fixture
def story(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Story]:
    with own_site(tmp_path_factory.mktemp("certificates"), public_url="http://academy.example") as site:
        with write_mode():
            cast = make_cast()
            certificate_id = make_certificate(cast.trainee, cast.authority).id
            run_due_jobs()
        release()
        with served(site, browser) as academy:
            yield Story(academy, cast, certificate_id)


def download(story: Story, folder: Path) -> Path:
    """The graduate takes her newest certificate from her list."""
    own = story.academy.window(story.cast.trainee, width=390)
    page = own.open("/certificates")
    own.follow(page.locator("main a[href*='/certificates/']").first)
    file = own.download(page.get_by_role("link", name="下载"), folder)
    own.close()
    return file


def drop(employer: Window, data: bytes) -> tuple[str, dict[str, str]]:
    """The employer drops a file on the page: the verdict, and the state of each check."""
    employer.open("/verify")
    with employer.page.expect_navigation(wait_until="load"):
        employer.page.evaluate(DROP, ["certificate.pdf", base64.b64encode(data).decode()])
    employer.look()
    return told(employer)


def told(employer: Window) -> tuple[str, dict[str, str]]:
    parts = employer.page.locator("[data-part]").all()
    states = {str(one.get_attribute("data-part")): str(one.get_attribute("data-state")) for one in parts}
    return employer.page.locator(".verdict").inner_text(), states


def refused(states: dict[str, str]) -> set[str]:
    return {part for part, state in states.items() if state == "failed"}


def work() -> None:
    """What a worker does meanwhile."""
    release()
    run_due_jobs()
    release()


def test_the_public_page_tells_the_truth_each_time(story: Story, tmp_path: Path) -> None:
    first = download(story, tmp_path).read_bytes()
    employer, certifier = story.academy.window(locale="en"), story.academy.window(story.cast.certifier)
    verdict, states = drop(employer, first)
    assert "Genuine and valid" in verdict
    assert list(states.values()) == ["passed"] * 5
    assert "LIN JIANWEI" in employer.page.inner_text("main")
    place = first.index(b"/Contents <") // 2
    verdict, states = drop(employer, first[:place] + bytes([first[place] ^ 4]) + first[place + 1 :])
    assert "Do not rely on this file" in verdict or "Not a document of ours" in verdict
    assert "signature" in refused(states)

    correct_the_name(certifier, story)
    verdict, states = drop(employer, first)
    assert "Replaced: no longer valid" in verdict
    assert refused(states) == {"status"}
    assert "林见薇" not in employer.page.inner_text("main"), "the newer one is its holder's to show"
    second = download(story, tmp_path)
    verdict, states = drop(employer, second.read_bytes())
    assert "Genuine and valid" in verdict
    assert "林见薇" in employer.page.inner_text("main")
    scan_the_paper(story, second.read_bytes(), tmp_path)

    revoke(certifier)
    verdict, states = drop(employer, second.read_bytes())
    assert "Revoked: not valid" in verdict
    assert "False material was given" in verdict
    assert refused(states) == {"status"}
    ask_about_days(employer)
    without_scripts(story, second)


def correct_the_name(certifier: Window, story: Story) -> None:
    page = certifier.open(f"/certificates/{story.certificate_id}/reissue")
    page.get_by_label("姓名", exact=True).fill("林见薇")
    page.get_by_label("记录在案的理由").fill("身份证件所载为“薇”。")
    certifier.send()
    work()


def revoke(certifier: Window) -> None:
    page = certifier.open("/certificates/issued?state=valid")
    certifier.follow(page.locator("main table a").first)
    certifier.follow(page.get_by_role("link", name="吊销"))
    page.get_by_label("提供虚假材料").check()
    page.get_by_label("记录在案的理由").fill("培训记录系伪造。")
    certifier.follow(page.locator("main form button.btn-danger"))
    certifier.close()
    work()


def ask_about_days(employer: Window) -> None:
    """Was it valid the day before it was issued, and is it today?"""
    issued = clock.day_of(max(moment for moment in db.session.scalars(select(Certificate.issued_at)) if moment))
    release()
    for day, outcome in ((issued - timedelta(days=1), "not_yet"), (clock.day_of(clock.now()), "revoked")):
        employer.page.locator("#asked-day").fill(day.isoformat())
        employer.follow(employer.page.get_by_role("button", name="Ask", exact=True))
        answer = employer.page.locator("[data-outcome]")
        assert answer.get_attribute("data-outcome") == outcome
    assert "Revoked · False material was given" in answer.inner_text()
    employer.close()


def scan_the_paper(story: Story, data: bytes, folder: Path) -> None:
    """A telephone reads the QR code of a printout: number and code are in the fragment, and are posted."""
    (code,) = zxingcpp.read_barcodes(picture_of(data, folder))
    phone = story.academy.window(width=390)
    phone.page.goto(f"{story.academy.base}/verify#{urlsplit(code.text).fragment}")
    phone.page.wait_for_selector(".verdict")
    phone.look()
    verdict, states = told(phone)
    assert "有效" in verdict
    assert {states["signature"], states["page"]} == {"unknown"}, "paper shows no file"
    phone.close()


def without_scripts(story: Story, file: Path) -> None:
    """The same page for a browser that runs no scripts: choose the file, press the button."""
    context = story.academy.context(java_script_enabled=False, locale="en")
    page = context.new_page()
    page.goto("/verify")
    page.get_by_label("The PDF you were given").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    assert "Revoked: not valid" in page.locator(".verdict").inner_text()
    context.close()
