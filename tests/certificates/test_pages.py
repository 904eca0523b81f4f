"""The holder's and the certifiers' pages, and who may open them (outsiders first)."""

import io
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.certificates import queries, services
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, Snapshot
from app.core.access import Role
from app.core.database import db, transaction
from app.files import services as files
from app.jobs.models import Job, JobState
from app.jobs.services import run_due_jobs
from app.mail.models import OutgoingMail
from tests.support.cast import Cast, make_person
from tests.support.certificates import make_certificate
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

REASON = "与护照核对后发现姓名有误。"


def reload(certificate: Certificate) -> Certificate:
    with transaction():
        return db.session.get_one(Certificate, certificate.id, populate_existing=True)


def test_a_certifier_elsewhere_sees_nothing_of_it(cast: Cast, visit: Visitors) -> None:
    """Outsiders without the role, and the keepers of the issuing body, stand in the access matrix."""
    certificate = make_certificate(cast.trainee, cast.authority)
    browser = visit(make_person(cast.other_university, Role.CERTIFIER, name="他校审核"))
    for path in ("", "/file", "/revoke", "/suspend", "/reinstate", "/reissue"):
        browser.get(f"/certificates/{certificate.id}{path}", 404)
    assert "林见微" not in browser.get("/certificates/issued").get_data(as_text=True)


def test_the_holder_downloads_what_was_stored(cast: Cast, visit: Visitors, data_dir: Path) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    browser = visit(cast.trainee)
    assert "文件制作中" in browser.get("/certificates").get_data(as_text=True)
    assert browser.get(f"/certificates/{certificate.id}/file", 302).location.endswith(str(certificate.id))

    assert run_due_jobs() >= 1
    stored = reload(certificate)
    response = browser.get(f"/certificates/{certificate.id}/file")
    assert response.mimetype == "application/pdf"
    assert f"certificate-{stored.number}.pdf" in response.headers["Content-Disposition"]
    assert response.data == files.read(data_dir, stored.file_digest or "")
    assert len(response.data) == stored.file_size
    with pikepdf.open(io.BytesIO(response.data)) as pdf:
        assert len(pdf.pages) == 1
    page = browser.get(f"/certificates/{certificate.id}").get_data(as_text=True)
    assert stored.code is not None
    assert stored.code in page


def test_the_file_is_mailed_once_to_the_holder(cast: Cast) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    run_due_jobs()
    with transaction():
        job = db.session.scalars(select(Job).where(Job.kind == services.RENDER)).one()
        job.state, job.run_after = JobState.QUEUED, job.created_at
    run_due_jobs()
    with transaction():
        mails = db.session.scalars(select(OutgoingMail).where(OutgoingMail.recipient == cast.trainee.email)).all()
        assert len(mails) == 1, "a repeated job mailed again"
        (attachment,) = mails[0].attachments
        assert attachment["name"] == f"certificate-{certificate.number}.pdf"
        assert attachment["digest"] == reload_digest(certificate)


def reload_digest(certificate: Certificate) -> str | None:
    return db.session.scalar(select(Certificate.file_digest).where(Certificate.id == certificate.id))


def test_confirming_names_issues_what_waited(cast: Cast, visit: Visitors) -> None:
    certificate = make_certificate(cast.trainee, cast.authority, confirmed=False)
    browser = visit(cast.trainee)
    assert "请先确认姓名" in browser.get("/certificates").get_data(as_text=True)
    browser.submit("/account/names", {"name": "林见微", "latin_name": "LIN JIANWEI", "sure": "y", "confirm": "y"})
    assert reload(certificate).state is CertificateState.VALID


def test_a_certifier_revokes_with_a_reason(cast: Cast, visit: Visitors) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    path = f"/certificates/{certificate.id}/revoke"
    browser = visit(cast.certifier)
    missing = browser.submit(path, {"reason": ""}, 422).get_data(as_text=True)
    assert "请选择原因" in missing
    browser.submit(path, {"reason_class": "examination_misconduct", "reason": REASON})

    assert reload(certificate).state is CertificateState.REVOKED
    shown = visit(cast.trainee).get(f"/certificates/{certificate.id}").get_data(as_text=True)
    assert "已吊销" in shown
    assert REASON in shown
    browser.get(path, 409)
    with transaction():
        deed = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "certificates.revoke")).one()
        assert (deed.actor_id, deed.reason) == (cast.certifier.id, REASON)


def test_nobody_certifies_in_her_own_matter(cast: Cast, visit: Visitors) -> None:
    certificate = make_certificate(cast.certifier, cast.authority)
    visit(cast.certifier).get(f"/certificates/{certificate.id}/revoke", 403)
    visit(cast.second_certifier).get(f"/certificates/{certificate.id}/revoke", 200)
    visit(cast.administrator).get(f"/certificates/{certificate.id}/revoke", 403)


def test_a_corrected_name_supersedes_the_old_certificate(cast: Cast, visit: Visitors, data_dir: Path) -> None:
    old = make_certificate(cast.trainee, cast.authority)
    run_due_jobs()
    browser = visit(cast.certifier)
    path = f"/certificates/{old.id}/reissue"
    same = browser.submit(path, {"name": "林见微", "latin_name": "LIN JIANWEI", "reason": REASON}, 422)
    assert "已是这个姓名" in same.get_data(as_text=True)
    unprintable = browser.submit(path, {"name": "林\U00031350", "latin_name": "", "reason": REASON}, 422)
    assert "字库缺少" in unprintable.get_data(as_text=True)
    browser.submit(path, {"name": "林见薇", "latin_name": "LIN JIANWEI", "reason": REASON})
    run_due_jobs()

    with transaction():
        new = queries.successor_of(old.id)
        assert new is not None
        assert new.snapshot is not None
    assert new.state is CertificateState.VALID
    assert new.serial == (old.serial or 0) + 1
    assert Snapshot.from_json(new.snapshot).holder.name == "林见薇"
    superseded = reload(old)
    assert superseded.state is CertificateState.SUPERSEDED
    assert files.read(data_dir, superseded.file_digest or "") != files.read(data_dir, new.file_digest or "")
    browser.get(path, 409)
    browser.get(f"/certificates/{new.id}/reissue")


def test_a_failed_file_is_visible_and_can_be_made_again(
    cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    with transaction():
        job = db.session.scalars(select(Job).where(Job.kind == services.RENDER)).one()
        job.state, job.error = JobState.FAILED, "RuntimeError('no space left')"
    assert "文件制作失败" in visit(cast.trainee).get("/certificates").get_data(as_text=True)
    browser = visit(cast.certifier)
    assert certificate.number is not None
    assert certificate.number in browser.get("/certificates/issued?state=troubled").get_data(as_text=True)
    browser.submit(f"/certificates/{certificate.id}/retry", {}, form_at=f"/certificates/{certificate.id}")
    run_due_jobs()
    assert reload(certificate).file_digest is not None


def test_the_list_takes_a_constant_number_of_statements(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.certifier)
    make_certificate(cast.trainee, cast.authority)
    browser.get("/certificates/issued")
    with counted_statements() as few:
        browser.get("/certificates/issued")
    for _ in range(12):
        make_certificate(make_person(cast.university, Role.TRAINEE), cast.authority)
    with counted_statements() as many:
        browser.get("/certificates/issued")
    assert len(many) == len(few) == 3  # session, two of the list


@pytest.mark.parametrize("query", ["?state=nonsense", "?kind=x&q=%25_%27", "?page=999", "?state=valid&q=OIPA"])
def test_the_list_survives_any_address(cast: Cast, visit: Visitors, query: str) -> None:
    make_certificate(cast.trainee, cast.authority)
    for locale in ("zh_Hans", "en"):
        visit(cast.certifier, locale).get(f"/certificates/issued{query}")
