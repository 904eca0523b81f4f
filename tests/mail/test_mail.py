"""From the outbox to the mail server, and the development page."""

import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select

from app.config import Settings
from app.core import clock
from app.core.database import db, release, transaction
from app.factory import create_app
from app.files import services as files
from app.jobs.models import Job, JobState
from app.jobs.services import run_due_jobs
from app.mail import tasks
from app.mail.models import OutgoingMail
from app.mail.rules import compose
from app.mail.services import mark_sent, queue_mail
from tests.support.pages import Visitors
from tests.support.processes import free_port


@dataclass
class Inbox:
    """What the mail server of the test took; ``refuse`` makes it refuse so many messages first."""

    messages: list[EmailMessage] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    refuse: int = 0

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse:
            self.refuse -= 1
            return "451 try again later"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.tls.append(session.ssl is not None)
        return "250 taken"


@pytest.fixture
def inbox(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Inbox]:
    """A mail server with STARTTLS that this site is configured to use."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    taken = Inbox()
    port = free_port()
    controller = Controller(taken, hostname="localhost", port=port, tls_context=context, require_starttls=True)
    controller.start()
    old: Settings = app.extensions["academy.settings"]
    changes = {"smtp_host": "localhost", "smtp_port": port, "mail_from": "海外知识产权 <office@academy.example>"}
    monkeypatch.setitem(app.extensions, "academy.settings", old.model_copy(update=changes))
    yield taken
    controller.stop()


def queue(**options: Any) -> OutgoingMail:
    with transaction():
        return queue_mail("lin@example.org", "邀请", "请打开链接\n\nhttps://academy.example/x", **options)


def job_of(mail: OutgoingMail) -> Job:
    job = db.session.scalars(select(Job).where(Job.unique_key == f"mail.send:{mail.id}")).one()
    release()
    return job


def test_a_message_arrives_with_its_attachment_over_tls(inbox: Inbox, data_dir: Path) -> None:
    digest = files.store(data_dir, b"%PDF-1.7")
    row = {"name": "证书.pdf", "media_type": "application/pdf", "digest": digest}
    mail = queue(attachments=[row])
    run_due_jobs()
    (message,) = inbox.messages
    assert inbox.tls == [True]
    assert message["To"] == "lin@example.org"
    assert message["Subject"] == "邀请"
    assert message["Message-ID"] == f"<{mail.id}@academy.example>"
    body = message.get_body(("plain",))
    assert body is not None
    assert "https://academy.example/x" in body.get_content()
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "证书.pdf"
    assert attached.get_content() == b"%PDF-1.7"
    assert db.session.get(OutgoingMail, mail.id, populate_existing=True).sent_at is not None  # type: ignore[union-attr]


def test_a_message_is_sent_once_however_often_its_job_runs(inbox: Inbox) -> None:
    mail = queue()
    run_due_jobs()
    with transaction():
        job = db.session.get(Job, job_of(mail).id)
        assert job is not None
        job.state = JobState.QUEUED
    run_due_jobs()
    assert len(inbox.messages) == 1


def test_the_first_note_of_sending_stays() -> None:
    mail = queue()
    first = clock.now()
    with transaction():
        mark_sent(mail.id, first)
        mark_sent(mail.id, first + timedelta(days=365))
    assert db.session.scalar(select(OutgoingMail.sent_at).where(OutgoingMail.id == mail.id)) == first


def test_a_refused_message_is_tried_again_later(inbox: Inbox) -> None:
    inbox.refuse = 1
    mail = queue()
    run_due_jobs()
    assert inbox.messages == []
    job = job_of(mail)
    assert job.state is JobState.QUEUED
    assert "try again later" in job.error
    with clock.frozen_at(job.run_after):
        run_due_jobs()
    assert len(inbox.messages) == 1


def test_an_untrusted_mail_server_gets_nothing(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    mail = queue()
    run_due_jobs()
    assert inbox.messages == []
    assert "CERTIFICATE_VERIFY_FAILED" in job_of(mail).error


def test_without_a_server_mail_stays_in_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    def unexpected(*_: object) -> None:
        raise AssertionError("nothing may be sent")

    monkeypatch.setattr(smtplib, "SMTP", unexpected)
    mail = queue()
    run_due_jobs()
    assert job_of(mail).state is JobState.DONE
    assert db.session.scalar(select(OutgoingMail.sent_at).where(OutgoingMail.id == mail.id)) is None


def test_in_production_a_missing_server_is_an_error(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    old: Settings = app.extensions["academy.settings"]
    monkeypatch.setattr(tasks, "_settings", lambda: old.model_copy(update={"app_env": "production"}))
    monkeypatch.setattr(Settings, "production", True)
    mail = queue()
    run_due_jobs()
    assert "SMTP_HOST is not set" in job_of(mail).error


def test_a_line_break_cannot_smuggle_a_header() -> None:
    with pytest.raises(ValueError, match="linefeed"):
        compose(
            key="k", sender="a@b.c", recipient="x@y.z\nBcc: w@v.u", subject="s", body="", written_at=clock.now()
        )


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_the_development_page_lists_and_shows_mail(visit: Visitors, locale: str) -> None:
    browser = visit(locale=locale)
    empty = {"zh_Hans": "还没有邮件", "en": "No mail yet"}[locale]
    assert empty in browser.page("/development/mail/").text_content()
    mail = queue()
    page = browser.page("/development/mail/")
    (link,) = page.cssselect("tbody th a")
    assert link.get("href") == f"/development/mail/{mail.id}"
    shown = browser.page(f"/development/mail/{mail.id}")
    assert shown.cssselect("a[href='https://academy.example/x']")
    browser.get("/development/mail/00000000-0000-7000-8000-000000000000", 404)


def test_production_has_no_development_page(tmp_path: Path) -> None:
    site = create_app(
        app_env="production",
        secret_key="k" * 32,
        public_url="https://academy.example",
        data_dir=tmp_path,
        database_url=f"sqlite:///{tmp_path / 'production.sqlite3'}",
    )
    assert site.test_client().get("/development/mail/").status_code == 404
