"""The rules that an author writes, as a candidate meets them: who may start, and what she sees when."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import select

from app.core import clock
from app.core.database import db, release, transaction
from app.core.languages import format_moment
from app.factory import believe_proxies
from app.quizzes.invigilation.rules import Means
from app.quizzes.invigilation.services import release_attempt
from app.quizzes.models import Attempt
from tests.support.cast import Cast
from tests.support.courses import SMALL, study, sync_folder
from tests.support.examinations import sit
from tests.support.invigilation import national
from tests.support.pages import Browser, Visitors

EXAM = "/courses/small/exam"
CODE = "jade-7731"
INSIDE, OUTSIDE = "2001:db8::7", "192.0.2.1"
OPENS = clock.now().replace(microsecond=0) + timedelta(hours=2)
CLOSES = OPENS + timedelta(hours=3)


@pytest.fixture
def ready(cast: Cast, tmp_path: Path) -> Callable[[str], None]:
    """Publish the small course with these rules; the trainee has studied it."""
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    path = folder / "courses/small/course.yaml"
    text = path.read_text()

    def publish(more: str) -> None:
        path.write_text(text.replace("  feedback: after_submission\n", more))
        sync_folder(folder)
        study(cast.trainee)
        release()

    return publish


def send(browser: Browser, address: str, **fields: str) -> html.HtmlElement:
    """Press Start from an address; the page that one is led to."""
    form = {"csrf_token": browser.token(EXAM), **fields}
    answer = browser.client.post(f"{EXAM}/start", data=form, environ_overrides={"REMOTE_ADDR": address})
    if answer.status_code == 302:
        answer = browser.client.get(answer.location, environ_overrides={"REMOTE_ADDR": address})
    return html.document_fromstring(answer.get_data(as_text=True))


def said(page: html.HtmlElement) -> str:
    return " ".join(str(page.text_content()).split())


def is_open_at(browser: Browser, path: str, address: str, forwarded: str = "") -> bool:
    """Does the paper open for a request from there?"""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    answer = browser.client.get(path, environ_overrides={"REMOTE_ADDR": address}, headers=headers)
    return bool(html.document_fromstring(answer.get_data(as_text=True)).cssselect("#paper"))


def flashed(page: html.HtmlElement) -> str:
    return " ".join(str(page.cssselect(".flashes")[0].text_content()).split())


def test_window_networks_code_and_declaration_at_the_door(
    app: Flask, ready: Callable[[str], None], cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is missing is said on the page of the rules, also where that page was opened in time."""
    ready(
        f"  opens_at: {OPENS.isoformat()}\n  closes_at: {CLOSES.isoformat()}\n  access_code: {CODE}\n"
        '  networks: [10.20.0.0/16, "2001:db8::/32"]\n'
        "  honour: {zh: 我独立作答。, en: I work alone.}\n"
    )
    browser = visit(cast.trainee)
    assert not browser.page(EXAM).cssselect(f"form[action='{EXAM}/start']")
    assert "开放" in flashed(send(browser, INSIDE, access_code=CODE))
    with clock.frozen_at(OPENS):
        browser = visit(cast.trainee)
        page = browser.page(EXAM)
        assert CODE not in html.tostring(page, encoding="unicode")
        declared = {"honour": str(page.cssselect("[name=honour]")[0].get("value")), "accepted": "yes"}
        brought = {"access_code": CODE.upper(), **declared}
        for address, fields, words, place, kept in (
            (OUTSIDE, brought, "考场网络", "", True),
            (INSIDE, {**brought, "access_code": "opal"}, "口令不正确", "access_code", True),
            (INSIDE, {"access_code": CODE}, "承诺", "accepted", False),
            (INSIDE, {**brought, "honour": "0" * 64}, "承诺", "accepted", False),
        ):
            page = send(browser, address, **fields)
            [form] = page.cssselect("form#start")
            assert words in said(form), words
            assert [str(each.get("name") or "") for each in form.cssselect("[data-focus]")] == [place]
            assert bool(form.cssselect("[name=accepted][checked]")) is kept, "what she declared stays declared"
            assert not browser.page(EXAM).cssselect("form#start [data-focus], form#start [checked]"), "told once"
        assert send(browser, INSIDE, **brought).cssselect("#paper")
        [going_on] = browser.page(EXAM).cssselect("main a[href^='/attempts/']")
        path = str(going_on.get("href"))
        for address, is_open in (
            (INSIDE, True),
            ("10.20.1.1", True),
            ("::ffff:10.20.1.1", True),
            (OUTSIDE, False),
        ):
            assert is_open_at(browser, path, address) is is_open, address
        assert not is_open_at(browser, path, "127.0.0.1", "192.0.2.9, 10.20.1.1"), "no proxy is configured"
        monkeypatch.setattr(app, "wsgi_app", app.wsgi_app)
        believe_proxies(app, 1)
        assert is_open_at(browser, path, "127.0.0.1", "192.0.2.9, 10.20.1.1")
        assert not is_open_at(browser, path, "127.0.0.1", "10.20.1.1, 192.0.2.9"), "only the nearest one's word"
        monkeypatch.undo()
    with clock.frozen_at(CLOSES):
        browser = visit(cast.trainee)
        assert "考试已关闭" in said(browser.page(EXAM))
        assert "考试已关闭" in flashed(send(browser, INSIDE, **brought))


def test_how_she_stands_comes_before_the_rules(ready: Callable[[str], None], cast: Cast, visit: Visitors) -> None:
    """Under way, passed, being marked: said first; and from when her time runs, and when there is less of it."""
    closes = OPENS + timedelta(days=3)
    ready(f"  closes_at: {closes.isoformat()}\n  identity_check: true\n")
    with clock.frozen_at(OPENS):
        browser = visit(cast.trainee)
        page = browser.page(EXAM)
        assert "自准予入场起" in said(page)
        assert "准予入场后开始计时" in said(page)
        assert "点击开始后即计时" not in said(page)
        assert f"{format_moment(closes - timedelta(minutes=10))}之后开始计时的" in said(page)
        assert page.cssselect(f"form[action='{EXAM}/start'] .btn-primary")
        send(browser, INSIDE)
        page = browser.page(EXAM)
        assert page.cssselect("main .callout a[href^='/attempts/']")
        assert not page.cssselect(f"form[action='{EXAM}/start']")
        attempt = db.session.scalars(select(Attempt).where(Attempt.candidate_id == cast.trainee.id)).one()
        release()
        with transaction():
            release_attempt(national(cast.administrator), attempt.id, means=Means.IN_PERSON, now=OPENS)
        sit(cast.trainee, attempt)
    with clock.frozen_at(OPENS + timedelta(hours=25)):
        page = visit(cast.trainee).page(EXAM)
        assert "成绩为100%，无须再次参加" in said(page)
        assert not page.cssselect(f"form[action='{EXAM}/start'] .btn-primary"), "nothing invites her to try again"
        assert page.cssselect(f"form[action='{EXAM}/start'] .btn-secondary")


#: What stands on the result page of one attempt: by when, and of what.
SHOWN = {
    "immediately": {"answers", "percentage"},
    "while_open": {"marks"},
    "after_close": {"correct", "percentage"},
}


def test_the_review_matrix_at_each_moment_and_the_next_attempt(
    ready: Callable[[str], None], cast: Cast, visit: Visitors
) -> None:
    """What is hidden is on no page of hers; what is left, and which attempt counts, is said.

    She took the course up before these rules were written: they hold for attempts that begin now.
    """
    ready("  pause_minutes: 5\n")
    ready(
        f"  closes_at: {CLOSES.isoformat()}\n  score_kept: average\n"
        "  review: {answers: immediately, marks: while_open, correct: after_close, feedback: never,\n"
        "    percentage: [immediately, after_close]}\n"
    )
    with clock.frozen_at(OPENS):
        browser = visit(cast.trainee)
        assert "平均值" in said(browser.page(EXAM))
        assert format_moment(CLOSES) in said(browser.page("/courses/small"))
        send(browser, INSIDE)
        attempt = db.session.scalars(select(Attempt).where(Attempt.candidate_id == cast.trainee.id)).one()
        release()
        sit(cast.trainee, attempt, right=False)
    path = f"/attempts/{attempt.id}/result"
    moments = {
        "immediately": OPENS + timedelta(minutes=29),
        "while_open": OPENS + timedelta(minutes=31),
        "after_close": CLOSES,
    }
    for phase, moment in moments.items():
        with clock.frozen_at(moment):
            browser = visit(cast.trainee)
            assert stated(browser.page(path)) == SHOWN[phase], phase
            [listed] = browser.page(EXAM).cssselect("[aria-labelledby='past-attempts'] td.num")
            assert ("%" in listed.text_content()) is ("percentage" in SHOWN[phase]), phase
            reviewed = stated(visit(cast.instructor).page(path))
            assert reviewed == {"answers", "marks", "correct", "feedback", "percentage"}
    with clock.frozen_at(OPENS + timedelta(minutes=31)):
        browser = visit(cast.trainee)
        assert "共3次，剩余2次" in said(browser.page(EXAM))
        assert "24小时" in said(browser.page(EXAM))
        assert "考试已关闭" in flashed(send(browser, INSIDE)), "it closes before the waiting time is over"


def stated(page: html.HtmlElement) -> set[str]:
    """Which rows of the matrix a result page shows."""
    terms = {" ".join(str(term.text_content()).split()) for term in page.cssselect(".exam-result dt")}
    found = {
        "answers": bool(terms & {"您的作答", "作答"}),
        "marks": bool(page.cssselect(".exam-result h3 .status")),
        "correct": "正确答案" in terms,
        "feedback": bool(page.cssselect(".exam-result .feedback")),
        "percentage": "%" in str(page.cssselect("h1")[0].text_content()),
    }
    return {name for name, there in found.items() if there}
