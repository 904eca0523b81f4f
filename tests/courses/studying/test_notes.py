"""One's own notes: nobody else's, kept once however often they are sent, found again in a changed text."""

import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import db, release, transaction
from app.courses.services import enrol_again
from app.courses.studying.models import Note
from app.courses.studying.rules.anchors import Anchor, Place, find_place
from app.courses.studying.rules.notes import Kind, combine, kind_of
from app.jobs.services import run_due_jobs
from tests.support.cast import Cast, as_actor
from tests.support.courses import SMALL, enrol, pass_exam, study, sync_folder
from tests.support.pages import Browser, Visitors
from tests.support.statements import counted_statements

LESSON = "/courses/small/m1-first/basics"
KEEP = "/courses/small/notes"
AT = "m1-first/basics/one"


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()
    release()
    run_due_jobs()


def send(browser: Browser, status: int = 200, **values: Any) -> dict[str, Any]:
    """A note as our script sends it."""
    body = {"id": str(uuid.uuid4()), "at": AT, "language": "zh", "quote": "", "text": "", "version": 0} | values
    token = browser.token("/notes")
    response = browser.client.post(KEEP, json=body, headers={"X-CSRFToken": token})
    assert response.status_code == status, response.get_data(as_text=True)
    answer: dict[str, Any] = response.get_json()
    return answer


def kept() -> int:
    release()
    return db.session.scalar(select(func.count()).select_from(Note)) or 0


def test_nobody_else_reads_changes_removes_or_exports_a_note(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    enrol(cast.cohort_mate)
    answer = send(visit(cast.trainee), text="只给自己看")
    for person in (cast.cohort_mate, cast.instructor, cast.outsider, cast.administrator):
        browser = visit(person)
        browser.get(answer["edit"], status=404)
        assert "只给自己看" not in browser.page("/notes").text_content()
        assert "只给自己看" not in browser.get("/notes/export").get_data(as_text=True)
        browser.submit(answer["remove"], {}, 303, form_at="/notes")
    assert "只给自己看" not in visit(cast.cohort_mate).page(LESSON).text_content()
    assert kept() == 1
    assert "只给自己看" in visit(cast.trainee).page(LESSON).cssselect(".own-notes")[0].text_content()


def test_only_those_enrolled_keep_notes(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    send(visit(cast.outsider), 403, text="x")
    send(visit(cast.instructor), 403, text="x")
    visit(cast.instructor).get(f"{KEEP}/new?at={AT}", status=403)
    assert "data-note-new" not in visit(cast.instructor).get(LESSON).get_data(as_text=True)
    assert kept() == 0


def test_a_note_sent_twice_is_kept_once_and_words_from_elsewhere_are_not_overwritten(
    cast: Cast, visit: Visitors
) -> None:
    enrol(cast.trainee)
    browser, note_id = visit(cast.trainee), str(uuid.uuid4())
    assert send(browser, id=note_id, text="甲")["version"] == 1
    assert send(browser, id=note_id, text="甲")["version"] == 1
    assert send(browser, id=note_id, text="乙", version=1)["version"] == 2
    late = send(browser, id=note_id, text="丙", version=1)
    assert (late["version"], late["text"].startswith("乙"), late["text"].endswith("丙")) == (3, True, True)
    assert send(browser, id=note_id, text="丙", version=1)["version"] == 3
    assert kept() == 1
    send(visit(cast.trainee), id=str(uuid.uuid4()), text="x" * 5001, status=422)


@pytest.mark.parametrize(
    "broken",
    [{"at": "m1"}, {"at": "a/b/<c>"}, {"language": "fr"}, {"id": "1"}, {"quote": "x" * 1001}, {"text": 3}],
)
def test_what_is_no_note_is_refused(cast: Cast, visit: Visitors, broken: dict[str, Any]) -> None:
    enrol(cast.trainee)
    send(visit(cast.trainee), 422, **broken)
    assert kept() == 0


def test_without_javascript_a_form_keeps_changes_and_removes(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    (link, *_) = browser.page(LESSON).cssselect("[data-note-new]")
    form = browser.page(str(link.get("href")))
    hidden = {field.get("name"): field.get("value") for field in form.cssselect("main input[type=hidden]")}
    browser.get(f"{KEEP}/new?at=m1-first/basics/none", status=422)
    response = browser.client.post(KEEP, data={**hidden, "text": "记住"})
    assert response.location.endswith(f"{LESSON}#one")
    (edit,) = browser.page("/notes").cssselect(".own-actions a")
    address = str(edit.get("href"))
    browser.submit(address, {"text": "x" * 5001, "version": 1}, 422)
    browser.submit(address, {"text": "记住两点", "version": 1}, 303)
    assert "记住两点" in browser.page("/notes?kind=note&course=small").text_content()
    assert "没有这类内容" in browser.page("/notes?kind=bookmark").text_content()
    browser.submit(f"{address}/remove", {}, 303, form_at="/notes")
    assert "还没有笔记" in browser.page("/notes").text_content()


def test_notes_survive_a_new_revision_or_are_shown_as_changed(cast: Cast, visit: Visitors, tmp_path: Path) -> None:
    study(cast.trainee)
    pass_exam(cast.trainee)
    browser = visit(cast.trainee)
    send(browser, quote="另有例外", prefix="同条", suffix="。", text="例外何在")
    send(browser, quote="由机关发布", text="谁发布")
    send(browser, quote="答辩", at="m1-first/basics/two")
    folder = tmp_path / "content"
    shutil.copytree(SMALL, folder)
    text = folder / "courses" / "small" / "m1-first" / "01-basics.zh.md"
    whole = text.read_text().replace("由机关发布", "由委员会发布").replace("同条另有例外", "同条有别")
    text.write_text(whole.replace("先查", "同条另有例外。先查").replace("答辩", "提交答辩"))
    sync_folder(folder)
    release()
    with transaction():
        enrol_again(
            as_actor(cast.trainee),
            person_id=cast.trainee.id,
            course_key="small",
            source="self",
            delta=False,
            now=clock.now(),
        )
    run_due_jobs()
    page = visit(cast.trainee).page("/notes")
    stated = {
        item.cssselect("blockquote")[0].text_content(): item.cssselect("p")[0].text_content()
        for item in page.cssselect(".notes-list li")
    }
    assert "位置有移动" in stated["另有例外"]
    assert "第二节" in stated["另有例外"]
    assert "原文已变更" in stated["由机关发布"]
    assert "已变更" not in stated["答辩"]
    assert "移动" not in stated["答辩"]
    export = visit(cast.trainee).get("/notes/export").get_data(as_text=True)
    assert "> 由机关发布\n\n谁发布" in export
    assert "https://academy.example/courses/small/m1-first/basics#two" in export
    assert visit(cast.trainee).get("/account/data/download").get_json()["study_notes"][0]["text"] == "例外何在"


def test_a_list_of_many_notes_needs_as_many_statements_as_one_of_few(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    browser = visit(cast.trainee)
    counts = []
    for more in (1, 5):
        for _ in range(more):
            send(browser, quote="例外")
        with counted_statements() as seen:
            browser.get("/notes")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 9


def test_places_are_found_again() -> None:
    texts = {"m/a/one": "甲 乙丙", "m/a/two": "丙丁", "m/b/three": "前文 丙丁 后文"}
    assert find_place(Anchor("m", "a", "one", quote="甲乙"), texts) == (Place.HERE, "m/a/one")
    assert find_place(Anchor("m", "a", "one", quote="丙丁"), texts) == (Place.MOVED, "m/a/two")
    around = Anchor("m", "a", "one", quote="丙丁", prefix="前文", suffix="后文")
    assert find_place(around, texts) == (Place.MOVED, "m/b/three")
    assert find_place(Anchor("m", "a", "one", quote="戊"), texts) == (Place.CHANGED, "m/a/one")
    assert find_place(Anchor("m", "x", "one", quote="戊"), texts) == (Place.GONE, "")
    assert find_place(Anchor("m", "a", "two"), texts) == (Place.HERE, "m/a/two")


def test_what_a_note_is_and_how_versions_meet() -> None:
    assert [kind_of("q", "t"), kind_of("q", ""), kind_of("", "")] == [Kind.NOTE, Kind.HIGHLIGHT, Kind.BOOKMARK]
    assert combine("甲", "乙", is_based_on_kept=True) == "乙"
    assert combine("甲", "甲乙", is_based_on_kept=False) == "甲乙"
    assert combine("甲乙", "甲", is_based_on_kept=False) == "甲乙"
    assert set("甲乙") <= set(combine("甲", "乙", is_based_on_kept=False))
