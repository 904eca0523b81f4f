"""The public page by the file itself: what an employer sees who drops the PDF she was given."""

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from lxml import html
from sqlalchemy import func, select

from app.certificates import forms, services, statements
from app.certificates.models import Certificate, LookupCount
from app.certificates.rules import DocumentKind, Names, RevocationClass, SuspensionClass
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.files import services as files
from app.jobs.services import run_due_jobs
from tests.support.cast import Cast, as_actor
from tests.support.certificates import confirm, make_certificate
from tests.support.cohorts import join, make_cohort, pass_course
from tests.support.courses import sync_folder
from tests.support.pages import Browser, Visitors
from tests.support.proof import issued

ALL = ("signature", "credential", "page", "log", "status")


@dataclass
class Answer:
    """What a page says."""

    text: str

    @property
    def document(self) -> Any:
        return html.document_fromstring(self.text)

    @property
    def checks(self) -> dict[str, str]:
        return {one.get("data-part"): one.get("data-state") for one in self.document.cssselect("[data-part]")}

    @property
    def failed(self) -> set[str]:
        return {part for part, state in self.checks.items() if state == "failed"}

    @property
    def verdict(self) -> str:
        return " ".join(self.document.cssselect(".verdict")[0].text_content().split())


def show(browser: Browser, data: bytes, status: int = 200, **fields: str) -> Answer:
    """Post a file as the page's form does."""
    values = {"document": (io.BytesIO(data), "they-call-it.pdf"), **fields}
    return Answer(browser.submit("/verify", values, status).get_data(as_text=True))


def certifier(cast: Cast) -> Actor:
    return as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))


@pytest.fixture
def certificate(cast: Cast) -> Certificate:
    made = make_certificate(cast.trainee, cast.authority)
    run_due_jobs()
    found = db.session.get_one(Certificate, made.id, populate_existing=True)
    release()
    return found


@pytest.fixture
def pdf(data_dir: Path, certificate: Certificate) -> bytes:
    assert certificate.file_digest
    data = files.read(data_dir, certificate.file_digest)
    release()
    return data


@pytest.mark.parametrize(("locale", "word"), [("zh_Hans", "真实有效"), ("en", "Genuine and valid")])
def test_the_file_as_issued_passes_every_check(  # noqa: PLR0917 - fixtures and parameters
    certificate: Certificate, pdf: bytes, visit: Visitors, data_dir: Path, locale: str, word: str
) -> None:
    kept = sorted(data_dir.rglob("*"))
    answer = show(visit(None, locale), pdf)
    assert word in answer.verdict
    assert answer.checks == dict.fromkeys(ALL, "passed")
    for stated in (certificate.number, "林见微", "LIN JIANWEI", certificate.snapshot_digest):
        assert str(stated) in answer.text
    assert "职业资格" not in answer.text
    assert sorted(data_dir.rglob("*")) == kept, "nothing is stored"
    assert db.session.scalar(select(func.sum(LookupCount.lookups))) == 1, "a file counts as a lookup"


def test_a_transcript_proves_itself_too(cast: Cast, visit: Visitors, data_dir: Path) -> None:
    sync_folder()
    confirm(cast.trainee)
    membership = join(cast, make_cohort(cast), cast.trainee)
    pass_course(cast.trainee)
    release()
    with transaction():
        actor = as_actor(cast.trainee)
        made = statements.request_document(actor, membership.id, DocumentKind.TRANSCRIPT, clock.now()).id
    run_due_jobs()
    digest = db.session.get_one(Certificate, made, populate_existing=True).file_digest
    release()
    answer = show(visit(None, "en"), files.read(data_dir, str(digest)))
    assert "Transcript" in answer.verdict
    assert answer.checks == dict.fromkeys(ALL, "passed")


def test_a_changed_file_is_not_to_be_relied_on(pdf: bytes, visit: Visitors) -> None:
    place = pdf.index(b"/Contents <") - 40
    answer = show(visit(None, "en"), pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :])
    assert "Do not rely on this file" in answer.verdict
    assert "signature" in answer.failed
    assert "林见微" in answer.text, "what was really certified is shown beside it"


def test_an_edited_page_is_held_against_what_was_signed(pdf: bytes, visit: Visitors) -> None:
    """Text written over the page in an editor: the page says where it parts from what was signed."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        name, font = next(iter(opened.pages[0].resources.Font.items()))
        glyph = re.findall(rb"<([0-9a-fA-F]{4})> *<", font.ToUnicode.read_bytes())[-1]
        opened.pages[0].contents_add(b"BT %s 20 Tf 100 100 Td <%s> Tj ET" % (name.encode(), glyph))
        opened.save(edited := io.BytesIO())
    answer = show(visit(None, "en"), edited.getvalue())
    assert "Do not rely on this file" in answer.verdict
    assert answer.failed == {"signature", "page", "log"}
    signed, drawn = (one.text_content() for one in answer.document.cssselect("[data-part=page] q"))
    assert drawn.startswith(signed.rstrip("…")), "something follows where the signed text ends"
    assert len(drawn) > len(signed)


def test_a_stranger_s_file_shows_nothing_of_what_it_claims(certificate: Certificate, visit: Visitors) -> None:
    """Made with our own program under our own address, but with other keys."""
    answer = show(visit(None, "en"), issued())
    assert "Not a document of ours" in answer.verdict
    assert answer.failed == {"signature", "credential", "log"}
    assert answer.checks["page"] == answer.checks["status"] == "unknown"
    for claimed in ("林见微", "LIN JIANWEI", "涉外知识产权律师培养方案"):
        assert claimed not in answer.text
    assert "Not a document of ours" in show(visit(None, "en"), b"%PDF-1.7\n%%EOF").verdict


def test_status_is_told_apart_from_genuineness(
    cast: Cast, certificate: Certificate, pdf: bytes, visit: Visitors
) -> None:
    actor, browser = certifier(cast), visit(None, "en")
    with transaction():
        fresh = db.session.get_one(Certificate, certificate.id)
        services.suspend(actor, fresh, SuspensionClass.UNDER_INVESTIGATION, "举报", clock.now())
    suspended = show(browser, pdf)
    assert "Suspended" in suspended.verdict
    assert suspended.failed == {"status"}
    with transaction():
        fresh = db.session.get_one(Certificate, certificate.id)
        services.reinstate(actor, fresh, "查无实据。", clock.now())
        services.reissue(actor, fresh, Names("林见薇", "LIN JIANWEI"), "更正", clock.now())
    replaced = show(browser, pdf)
    assert "Replaced" in replaced.verdict
    assert replaced.failed == {"status"}
    assert "林见薇" not in replaced.text, "the newer one is its holder's to show"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "This file is empty"),
        (b"PK\x03\x04 not a PDF", "This is not a PDF file"),
        (b"%PDF-1.7\n" + bytes(100_000), "more than 1 MiB"),
    ],
    ids=["empty", "another kind", "too large"],
)
def test_what_cannot_be_ours_is_refused_with_a_reason(
    visit: Visitors, monkeypatch: pytest.MonkeyPatch, data: bytes, says: str
) -> None:
    monkeypatch.setattr(forms, "LARGEST", 100_000)  # the client would keep more in a file, and forget it
    answer = show(visit(None, "en"), data, 422)
    assert says in answer.text
    assert answer.checks == {}
    assert db.session.scalar(select(func.count()).select_from(LookupCount)) == 0


def test_number_and_code_say_which_checks_need_the_file(certificate: Certificate, visit: Visitors) -> None:
    form = {"number": certificate.number or "", "code": certificate.code or ""}
    answer = Answer(visit(None, "en").submit("/verify", form, 200).get_data(as_text=True))
    assert answer.checks == dict.fromkeys(ALL, "passed") | {"signature": "unknown", "page": "unknown"}
    assert "this needs the file itself" in answer.text


def test_before_the_file_is_made_its_proofs_are_not_known(cast: Cast, visit: Visitors) -> None:
    waiting = make_certificate(cast.trainee, cast.authority)
    form = {"number": waiting.number or "", "code": waiting.code or ""}
    answer = Answer(visit().submit("/verify", form, 200).get_data(as_text=True))
    assert answer.checks == dict.fromkeys(ALL, "unknown") | {"status": "passed"}


def test_was_it_valid_on_that_day(cast: Cast, certificate: Certificate, pdf: bytes, visit: Visitors) -> None:
    with transaction():
        fresh = db.session.get_one(Certificate, certificate.id)
        issued = fresh.issued_at
        assert issued is not None
        kind = RevocationClass.FALSE_MATERIAL
        services.revoke(certifier(cast), fresh, kind, "不实。", issued + timedelta(days=3))
    day = clock.day_of(issued)
    browser = visit(None, "en")

    def asked(value: str) -> tuple[str, str]:
        by_file = show(browser, pdf, day_for_file=value)
        form = {"number": certificate.number or "", "code": certificate.code or "", "day": value}
        by_code = Answer(browser.submit("/verify", form, 200).get_data(as_text=True))
        (one,), (other,) = (page.document.cssselect("[data-outcome]") for page in (by_file, by_code))
        assert one.text_content() == other.text_content(), "the register answers the same either way"
        return one.get("data-outcome"), one.text_content()

    assert asked((day - timedelta(days=1)).isoformat())[0] == "not_yet"
    outcome, told = asked(day.isoformat())
    assert outcome == "valid"
    assert re.search(r"What was recorded later:\s+.*Revoked · False material was given", told)
    assert "Not known" in told
    assert asked((day + timedelta(days=400)).isoformat())[0] == "ahead"
    show(browser, pdf, 422, day_for_file="soon")


def test_people_who_have_signed_in_may_ask_as_well(cast: Cast, pdf: bytes, visit: Visitors) -> None:
    """Whose language is read from the database before anything is counted."""
    browser = Browser(visit(cast.registrar).client)
    browser.client.delete_cookie("language")
    answer = show(browser, pdf, day_for_file="2026-01-01")
    assert set(answer.checks.values()) == {"passed"}
    show(browser, pdf, 422, day_for_file="soon")


def test_the_number_alone_answers_for_no_day(certificate: Certificate, visit: Visitors) -> None:
    form = {"number": certificate.number or "", "code": "", "day": "2026-01-01"}
    answer = Answer(visit().submit("/verify", form, 200).get_data(as_text=True))
    assert not answer.document.cssselect("[data-outcome], [data-part]")
