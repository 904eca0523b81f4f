"""Every type of question on a paper: labelled fields, saved without JavaScript; files that are handed in."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template_string
from lxml import html
from werkzeug.datastructures import MultiDict

from app.core import clock
from app.core.database import db, release, transaction
from app.files import services as files
from app.quizzes import grading, queries, rendering, services
from app.quizzes.grading.aliases import give_aliases, inward, outward, without_identifiers
from app.quizzes.models import Attempt, AttemptItem, AttemptState, Grade, GradeRun, QuestionRevision, Upload
from tests.support.cast import Cast, as_actor
from tests.support.pages import Browser, Visitors, check_page
from tests.support.quizzes import authored, items_of, make_quiz, start

PAGE = """<html lang="en"><head><title>x</title></head><body><h1>x</h1>
{% from "quizzes/_question.html" import question, answer %}{{ answer(view, response) }}
<form id="paper">{{ question(view, response, name) }}</form></body></html>"""


def fields_of(document: html.HtmlElement) -> dict[str, Any]:
    """What a browser without JavaScript would post."""
    posted: dict[str, Any] = {}
    for field in document.cssselect("form#paper input, form#paper select, form#paper textarea"):
        name = field.attrib["name"]
        if field.tag == "select":
            chosen = field.cssselect("option[selected]")
            posted[name] = chosen[0].get("value") if chosen else ""
        elif field.get("type") in {"radio", "checkbox"}:
            if field.get("checked") is not None:
                posted.setdefault(name, []).append(field.get("value", "on"))
        elif field.tag == "textarea":
            posted[name] = (field.text or "").removeprefix("\n")
        elif field.get("type") != "file":
            posted[name] = field.get("value", "")
    return posted


def answered(
    app: Flask, body: grading.Body, layout: grading.Layout, *, name: str = "q", locale: str = "en"
) -> dict[str, Any]:
    """The fields of a page that shows the question perfectly answered."""
    with app.test_request_context("/"):
        view = rendering.question_view(body, rendering.Texts(locale), layout=layout, aliased=True)
        response = outward(grading.perfect(body, layout), layout)
        document = html.document_fromstring(render_template_string(PAGE, view=view, response=response, name=name))
    check_page(document, body["type"])
    return fields_of(document)


@pytest.mark.parametrize("kind", sorted(grading.TYPES))
@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_what_is_shown_as_answered_is_what_a_form_posts_back(app: Flask, kind: str, locale: str) -> None:
    body = grading.validate("q", authored(kind))
    full = grading.full_layout(body)
    for layout in (full, give_aliases(full)):
        posted = MultiDict(answered(app, body, layout, locale=locale))
        said = grading.read_form(posted, "q", without_identifiers(layout))
        assert grading.normalise(inward(said, layout), layout) == grading.perfect(body, layout)


@pytest.fixture
def sitting(cast: Cast, visit: Visitors) -> tuple[Browser, Attempt]:
    kinds = tuple(sorted(grading.TYPES))
    return visit(cast.trainee), start(cast.trainee, make_quiz(kinds, shuffle=False))


def body_of(item: AttemptItem) -> grading.Body:
    return db.session.get_one(QuestionRevision, item.question_revision_id).body


def test_a_paper_of_every_type_is_saved_as_one_form_and_waits_for_a_marker(
    app: Flask, sitting: tuple[Browser, Attempt]
) -> None:
    browser, attempt = sitting
    address = f"/attempts/{attempt.id}"
    page = browser.page(address)
    posted = {"seen": page.cssselect("input[name=seen]")[0].get("value"), "intent": "review"}
    for item in items_of(attempt):
        posted |= answered(app, body_of(item), item.layout, name=f"q-{item.id}")
    browser.submit(address, posted, form_at=address)
    browser.submit(f"{address}/submit", {}, form_at=f"{address}/review")
    db.session.refresh(attempt)
    assert attempt.state is AttemptState.SUBMITTED
    assert attempt.grade_run_id is None
    assert db.session.scalars(db.select(GradeRun)).one().applied_at is None
    grades = {grade.item_id: grade for grade in db.session.scalars(db.select(Grade))}
    for item in items_of(attempt):
        waits = item.layout["type"] in {"essay", "file_upload", "case"}
        assert bool(grades[item.id].waiting) is waits
        assert waits or grades[item.id].fraction == 1
    result = browser.page(f"{address}/result").text_content()
    assert "评阅" in result


def test_what_one_part_cannot_take_costs_neither_the_others_nor_what_was_typed(
    app: Flask, cast: Cast, visit: Visitors
) -> None:
    attempt = start(cast.trainee, make_quiz(("case", "cloze")))
    address, browser = f"/attempts/{attempt.id}", visit(cast.trainee)
    items = {item.layout["type"]: item for item in items_of(attempt)}
    posted: dict[str, Any] = {"seen": "0", "intent": "review"}
    number: dict[str, str] = {}
    for kind, item in items.items():
        posted |= answered(app, body_of(item), item.layout, name=f"q-{item.id}")
        inner = outward(item.layout, item.layout)["parts" if kind == "case" else "gaps"]
        number[kind] = next(f"q-{item.id}-{name}" for name, part in inner.items() if part["type"] == "numeric")
        posted[number[kind]] = "三十"
    release()
    answer = browser.submit(address, posted, 422, form_at=address)
    page = html.document_fromstring(answer.get_data(as_text=True))
    check_page(page, "refused")
    assert len(page.cssselect(".error-summary li")) == 2
    shown = fields_of(page) | {"seen": "0"}
    assert {name: shown[name] for name in posted if name in shown} == {
        name: value for name, value in posted.items() if name in shown
    }
    wrong = [str(field.get("name")) for field in page.cssselect("[aria-invalid]")]
    assert sorted(wrong) == sorted(number.values())
    assert all(page.cssselect(f"[id='{name}-error']:not([hidden])") for name in wrong)
    kept = {item.layout["type"]: item for item in queries.get_own_paper(as_actor(cast.trainee), attempt.id).items}
    assert len(kept["case"].response["parts"]) == 2
    assert len(kept["cloze"].response["gaps"]) == 2
    review = browser.page(f"{address}/review")
    assert not review.cssselect(".callout.is-ok")
    assert [len(each.cssselect("a")) for each in review.cssselect(".question-links")] == [2]


PDF = b"%PDF-1.7\nfor tests\n%%EOF\n"


def send(browser: Browser, attempt: Attempt, item: AttemptItem, data: bytes, status: int = 302) -> None:
    sent = {f"q-{item.id}-file": (io.BytesIO(data), "../../贸易 秘密.pdf"), "seen": "0"}
    browser.submit(
        f"/attempts/{attempt.id}/questions/{item.id}/files", sent, status, form_at=f"/attempts/{attempt.id}"
    )


def upload_item(attempt: Attempt) -> AttemptItem:
    return next(item for item in items_of(attempt) if item.layout["type"] == "file_upload")


def test_a_file_is_kept_by_its_content_and_added_to_the_answer(
    app: Flask, sitting: tuple[Browser, Attempt]
) -> None:
    browser, attempt = sitting
    item = upload_item(attempt)
    send(browser, attempt, item, PDF)
    send(browser, attempt, item, PDF)
    upload = db.session.scalars(db.select(Upload)).one()
    assert (upload.kind, upload.size, upload.name) == ("pdf", len(PDF), "贸易 秘密.pdf")
    assert files.read(app.extensions["academy.settings"].data_dir, upload.digest) == PDF
    page = browser.page(f"/attempts/{attempt.id}")
    kept = page.cssselect(f".choices input[name='q-{item.id}']")  # not the template of one that comes later
    assert [(field.get("value"), field.get("checked")) for field in kept] == [(upload.digest, "checked")]


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"%PDF-1.7 cut", "纯文本".encode()])
def test_a_file_of_another_type_is_refused(sitting: tuple[Browser, Attempt], data: bytes) -> None:
    browser, attempt = sitting
    send(browser, attempt, upload_item(attempt), data, 422)
    assert db.session.scalars(db.select(Upload)).first() is None


def test_a_refused_file_costs_nothing_else_on_the_page(sitting: tuple[Browser, Attempt]) -> None:
    browser, attempt = sitting
    item, text = upload_item(attempt), next(one for one in items_of(attempt) if one.layout["type"] == "short_text")
    sent = {f"q-{item.id}-file": (io.BytesIO(b"MZ\x90\x00"), "a.pdf"), "seen": "0", f"q-{text.id}": "国内产业"}
    path = f"/attempts/{attempt.id}"
    answer = browser.submit(f"{path}/questions/{item.id}/files", sent, 422, form_at=path)
    page = html.document_fromstring(answer.get_data(as_text=True))
    check_page(page, "refused file")
    assert page.cssselect(f".error-summary a[href='#question-{item.position}']")
    assert page.cssselect(f"input[name='q-{text.id}']")[0].get("value") == "国内产业"
    assert next(one for one in items_of(attempt) if one.id == text.id).answer_ordinal


def test_a_file_that_comes_too_late_costs_nothing_else_on_the_page(
    sitting: tuple[Browser, Attempt], cast: Cast
) -> None:
    browser, attempt = sitting
    item, text = upload_item(attempt), next(one for one in items_of(attempt) if one.layout["type"] == "short_text")
    sent = {f"q-{item.id}-file": (io.BytesIO(PDF), "a.pdf"), "seen": "0", f"q-{text.id}": "国内产业"}
    path = f"/attempts/{attempt.id}"
    release()
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    answer = browser.submit(f"{path}/questions/{item.id}/files", sent, 302, form_at="/account")
    assert answer.location.startswith(path)
    assert "该文件不计入" in browser.page(f"{path}/result").text_content()
    (kept,) = queries.list_events(attempt.id)
    assert (kept.item_id, kept.late) == (text.id, True)
    assert db.session.scalars(db.select(Upload)).first() is None


def test_too_many_files_are_refused(sitting: tuple[Browser, Attempt]) -> None:
    browser, attempt = sitting
    item = upload_item(attempt)
    for number in (1, 2):
        send(browser, attempt, item, PDF + b"%" * number)
    send(browser, attempt, item, PDF + b"%%%", 422)
    kept = browser.page(f"/attempts/{attempt.id}").cssselect(f"input[name='q-{item.id}'][checked]")
    assert len(kept) == 2


def test_nobody_fills_the_disk(
    app: Flask, sitting: tuple[Browser, Attempt], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many files are sent and given up again, refused beside others, or sent when nothing counts any more:
    what is kept on disk is bounded."""
    monkeypatch.setattr("app.quizzes.services.uploads.MAX_RECEIVED", 3)
    browser, attempt = sitting
    item, data_dir = upload_item(attempt), app.extensions["academy.settings"].data_dir

    def sent(number: int, status: int) -> bool:
        """Is it on disk?"""
        data = PDF + f"%{attempt.id}-{number}".encode()
        path = f"/attempts/{attempt.id}/questions/{item.id}/files"
        form = {f"q-{item.id}-file": (io.BytesIO(data), "a.pdf"), "seen": "0"}
        browser.submit(path, form, status, form_at="/account")
        digest = hashlib.sha256(data).hexdigest()
        return Path(data_dir, "files", digest[:2], digest).exists()

    assert [sent(number, 302) for number in (1, 2)] == [True, True]
    assert sent(3, 422)  # one too many for the answer
    assert not sent(4, 422)
    assert sent(1, 302)  # it is there anyway
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    monkeypatch.undo()
    assert not sent(5, 302)


def test_nobody_else_can_send_a_file(sitting: tuple[Browser, Attempt], cast: Cast, visit: Visitors) -> None:
    _browser, attempt = sitting
    item = upload_item(attempt)
    other = visit(cast.cohort_mate)
    own = start(cast.cohort_mate, make_quiz(("file_upload",)))
    foreign = next(each for each in items_of(attempt) if each.layout["type"] == "essay")
    for address in (f"{attempt.id}/questions/{item.id}", f"{own.id}/questions/{foreign.id}"):
        sent = {f"q-{item.id}-file": (io.BytesIO(PDF), "a.pdf"), "seen": "0"}
        other.submit(f"/attempts/{address}/files", sent, 404, form_at=f"/attempts/{own.id}")


def test_images_of_questions_are_served_and_other_stored_files_are_not(
    app: Flask, sitting: tuple[Browser, Attempt]
) -> None:
    browser, _attempt = sitting
    data_dir = app.extensions["academy.settings"].data_dir
    image, secret = files.store(data_dir, b"<svg xmlns='http://www.w3.org/2000/svg'/>"), files.store(data_dir, PDF)
    raw = authored("drag_image")
    raw["image"] = raw["image"] | {"digest": image}
    with transaction():
        services.save_question("with-image", body=raw, source="tests", now=clock.now())
    assert browser.get(f"/question-images/{image}").mimetype == "image/svg+xml"
    browser.get(f"/question-images/{secret}", 404)


def test_an_image_of_a_question_is_shown_again_only_to_who_may_see_it_and_costs_nothing_then(
    app: Flask, sitting: tuple[Browser, Attempt], visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one at the computer gets nothing out of the cache; who comes back to her paper fetches nothing."""
    browser, _attempt = sitting
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'>" + b"<g/>" * 500 + b"</svg>"
    image = files.store(app.extensions["academy.settings"].data_dir, drawing)
    raw = authored("drag_image")
    raw["image"] = raw["image"] | {"digest": image}
    with transaction():
        services.save_question("with-drawing", body=raw, source="tests", now=clock.now())
    path = f"/question-images/{image}"
    for coding in ("identity", "gzip"):
        first = browser.get(path, headers={"Accept-Encoding": coding})
        assert first.headers["Cache-Control"] == "private, no-cache"
        asked = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": coding}
        with monkeypatch.context() as patch:
            patch.setattr(files, "read", lambda *_: pytest.fail("read to say that it is known"))
            known = browser.get(path, 304, headers=asked)
        assert not known.data
        assert known.headers["Cache-Control"] == "private, no-cache"
        visit().get(path, 302, headers=asked)
