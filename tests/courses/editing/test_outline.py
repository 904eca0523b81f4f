"""The list, the outline and the settings: what they change, and what they leave alone."""

import pytest

from app.accounts.models import Person
from app.core.access import Role
from app.core.database import release
from app.core.identifiers import new_id
from app.courses.authoring import queries
from app.courses.authoring.models import Draft
from app.courses.authoring.rules import Moving
from app.courses.editing import yaml_files
from app.courses.queries import course_ids, standing_of
from tests.support.authoring import change, instructor, open_draft, publish
from tests.support.cast import Cast, make_person
from tests.support.courses import enrol, sync_folder
from tests.support.editing import post, post_page, values_of
from tests.support.pages import Browser, Visitors
from tests.support.statements import counted_statements


@pytest.fixture
def writer(cast: Cast) -> Person:
    """An instructor of the authority, whose the small course is."""
    sync_folder()
    return make_person(cast.authority, Role.INSTRUCTOR)


@pytest.fixture
def draft(writer: Person) -> Draft:
    return open_draft(instructor(writer, national=True))


@pytest.fixture
def browser(writer: Person, visit: Visitors) -> Browser:
    return visit(writer)


def text(draft: Draft, path: str) -> str:
    return queries.text_of(draft.id, path)


def test_from_the_list_to_a_draft(writer: Person, browser: Browser) -> None:
    page = browser.page("/authoring")
    assert "没有人在编辑" in page.cssselect("tbody")[0].text_content()
    assert "没有人在编辑" in browser.page("/authoring/small").text_content()
    answer = post(browser, "/authoring/small/open", status=302)
    assert answer.location == "/authoring/small"
    assert browser.page("/authoring/small").cssselect(".lesson-line")
    with counted_statements() as seen:
        assert "草稿" in browser.page("/authoring").cssselect("tbody")[0].text_content()
    assert len(seen) <= 10, seen


def test_a_course_is_made_and_filled(writer: Person, browser: Browser, cast: Cast) -> None:
    form = {
        "title_zh": "新课",
        "title_en": "New course",
        "code": "L9",
        "track": "L",
        "organisation": cast.authority.id,
    }
    refused = post(browser, "/authoring/new", {**form, "key": "small"}, status=422)
    assert "已有" in refused.get_data(as_text=True)
    post(browser, "/authoring/new", {**form, "key": "l9-new"}, 302)
    post(browser, "/authoring/l9-new/modules/new", {"title_zh": "模块甲", "title_en": "Module A"})
    post(browser, "/authoring/l9-new/modules/module-a/lessons/new", {"title_zh": "课", "title_en": "Lesson B"})
    page = browser.page("/authoring/l9-new")
    assert [line.get("id") for line in page.cssselect("[data-item]")] == [
        "module-module-a",
        "lesson-module-a-start",
        "lesson-module-a-lesson-b",
    ]


def test_lessons_move_with_their_files(browser: Browser, draft: Draft) -> None:
    before = {path: text(draft, path) for path in queries.files_of(draft.id) if path.endswith(".md")}
    page = browser.page("/authoring/small")
    lessons = [
        str(line.get("id")).removeprefix("lesson-m1-first-")
        for line in page.cssselect("#module-m1-first .lesson-line")
    ]
    assert len(lessons) >= 2
    post(browser, f"/authoring/small/lessons/m1-first/{lessons[0]}/move", {"place": "1"})
    assert text(draft, f"m1-first/02-{lessons[0]}.zh.md") == before[f"m1-first/01-{lessons[0]}.zh.md"]
    assert text(draft, f"m1-first/01-{lessons[1]}.en.md") == before[f"m1-first/02-{lessons[1]}.en.md"]
    assert queries.faults_of(draft.id) == []
    post(browser, "/authoring/small/modules/m2-second/move", {"place": "0"})
    assert yaml_files.plain(yaml_files.load(text(draft, "course.yaml")))["modules"] == ["m2-second", "m1-first"]
    post(browser, f"/authoring/small/lessons/m1-first/{lessons[1]}/remove")
    assert f"m1-first/01-{lessons[0]}.zh.md" in queries.files_of(draft.id)


MOVE = "/authoring/small/lessons/m1-first/basics/move"
CHOOSE_O1 = "随课文移动的随堂题：t-m1-c1。"


def test_a_lesson_goes_to_another_module_and_back(browser: Browser, draft: Draft) -> None:
    """With its files and check question; back again, every file is what it was."""
    before = {path: text(draft, path) for path in queries.files_of(draft.id) if not path.endswith(".svg")}
    form = browser.page("/authoring/small").cssselect(f"#lesson-m1-first-basics form[action='{MOVE}']")
    assert "m2-second" in [field.get("value") for each in form for field in each.cssselect("[name=to]")]
    answer = post(browser, MOVE, {"place": "1", "to": "m2-second"})
    assert answer.location == "/authoring/small#lesson-m2-second-basics"
    page = browser.page("/authoring/small")
    assert CHOOSE_O1 in page.text_content()
    files = queries.files_of(draft.id)
    assert text(draft, "m2-second/02-basics.zh.md") == before["m1-first/01-basics.zh.md"]
    assert text(draft, "m1-first/01-case.en.md") == before["m1-first/02-case.en.md"]
    assert not [path for path in files if path.startswith("m1-first/") and "basics" in path]
    assert "t-m1-c1" in text(draft, "m2-second/questions.yaml")
    assert "t-m1-c1" not in text(draft, "m1-first/questions.yaml")
    entry = "  - {id: basics, moved_from: m1-first, title: {zh: 基础, en: Basics}, minutes: 15}\n"
    assert entry in text(draft, "m2-second/module.yaml")
    assert queries.faults_of(draft.id) == []
    post(browser, "/authoring/small/lessons/m2-second/basics/move", {"place": "0", "to": "m1-first"})
    after = {path: text(draft, path) for path in queries.files_of(draft.id) if not path.endswith(".svg")}
    moved = "m1-first/questions.yaml"  # at its end now
    assert "t-m1-c1" in after[moved]
    assert {**after, moved: ""} == {**before, moved: ""}
    post(browser, MOVE, {"place": "0", "to": "m9-none"}, 404)
    post(browser, "/authoring/small/lessons/m1-first/none/move", {"place": "0", "to": "m2-second"}, 404)


def test_an_id_is_never_used_for_two_lessons(browser: Browser, draft: Draft) -> None:
    """Not by the module to which a lesson goes, and not by the one that it came from."""
    titles = {"title_zh": "基础", "title_en": "Basics"}
    post(browser, "/authoring/small/modules/m2-second/lessons/new", titles)
    post(browser, MOVE, {"place": "0", "to": "m2-second"})
    assert "该模块中已有相同 id 的课文" in browser.page("/authoring/small").text_content()
    assert "m1-first/01-basics.zh.md" in queries.files_of(draft.id)
    post(browser, "/authoring/small/lessons/m2-second/basics/remove")
    post(browser, MOVE, {"place": "0", "to": "m2-second"})
    post(browser, "/authoring/small/modules/m1-first/lessons/new", titles)
    assert "模块“m1-first”中已有课文“basics”" in browser.page("/authoring/small/faults").text_content()


def test_what_trainees_have_done_stays_with_a_lesson_that_moves(
    browser: Browser, draft: Draft, writer: Person, cast: Cast, visit: Visitors
) -> None:
    """Sections read, answers, notes and the place where she was; by its old address, too."""
    enrol(cast.trainee)
    release()
    trainee = visit(cast.trainee)
    place = {"read": ["m1-first/basics/one", "m2-second/rule/rule"], "place": "m1-first/basics/two"}
    token = {"X-CSRFToken": trainee.token("/courses/small/m1-first/basics")}
    assert trainee.client.post("/courses/small/progress", json=place, headers=token).status_code == 200
    note = {"id": str(new_id()), "at": "m1-first/basics/one", "language": "zh", "text": "我自己的笔记"}
    form_at = "/courses/small/notes/new?at=m1-first/basics/one"
    trainee.submit("/courses/small/notes", note, 303, form_at=form_at)
    post(browser, MOVE, {"place": "0", "to": "m2-second"})
    reviewer = instructor(make_person(cast.authority, Role.INSTRUCTOR), national=True)
    author = instructor(writer, national=True)
    [affected] = queries.reach_of(author, draft.id).under_way
    assert (affected.steps_done, affected.not_counted_after) == (2, 0)
    published = publish(author, reviewer, draft, moving=Moving.MOVE)
    release()
    [standing] = standing_of([cast.trainee.id], course_ids(["small"]).values()).values()
    assert (standing.sections_done, standing.revision_digest) == (2, published.digest)
    for address in ("/courses/small/m2-second/basics", "/courses/small/m1-first/basics"):
        page = trainee.page(address)
        assert "我自己的笔记" in page.text_content()
        assert page.cssselect("[data-section='m1-first/basics/one'][data-read]")
    step = trainee.page("/courses/small").cssselect(".card-next a")[0].get("href")
    assert step == "/courses/small/m2-second/basics#two"
    assert "我自己的笔记" in trainee.page("/notes").text_content()


def test_settings_change_their_own_lines_alone(browser: Browser, draft: Draft) -> None:
    before = text(draft, "m1-first/module.yaml")
    page = browser.page("/authoring/small/modules/m1-first/settings")
    values = values_of(page)
    values["title.en"] = "Another title"
    post(browser, "/authoring/small/modules/m1-first/settings", {**values, "action": "save"})
    after = text(draft, "m1-first/module.yaml")
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=True) if old != new]
    assert len(changed) == 1
    assert "Another title" in changed[0][1]


def test_rows_come_and_go_without_a_script(browser: Browser, draft: Draft) -> None:
    path = "/authoring/small/modules/m1-first/settings"
    values = values_of(browser.page(path))
    page = post_page(browser, path, {**values, "action": "add:objectives"})
    rows = page.cssselect("[data-row^='objectives.']")
    values = values_of(page)
    values |= {f"objectives.{len(rows) - 1}.zh": "新目标", f"objectives.{len(rows) - 1}.en": "New objective"}
    page = post_page(browser, path, {**values, "action": f"up:objectives.{len(rows) - 1}"})
    values = values_of(page)
    post(browser, path, {**values, "action": "save"})
    assert "新目标" in text(draft, "m1-first/module.yaml")
    assert queries.faults_of(draft.id) == []


def test_a_form_meets_a_change_of_somebody_else(browser: Browser, draft: Draft, writer: Person) -> None:
    path = "/authoring/small/settings"
    values = values_of(browser.page(path))
    title = yaml_files.plain(yaml_files.load(text(draft, "course.yaml")))["title"]["en"]
    change(instructor(writer, national=True), draft, "course.yaml", title, "Theirs")
    answer = post(browser, path, {**values, "title.en": "Mine", "action": "save"})
    assert "/conflicts/" in answer.location
    page = browser.page(answer.location)
    assert "Mine" in page.text_content()
    assert "Theirs" in page.text_content()
    post(browser, answer.location, {"version": "1", "hunk-1": "mine", "action": "choose"})
    assert "Mine" in text(draft, "course.yaml")
    assert queries.conflicts_of(draft.id) == []
