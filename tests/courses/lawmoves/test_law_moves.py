"""Law moves: the passages that rest on it are listed, readers are told, and somebody says what became of them."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import html

from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid, NotAllowed
from app.courses import services as courses
from app.courses.lawmoves import queries, services
from app.courses.lawmoves.models import LawTask
from app.courses.lawmoves.rules import TaskState
from app.library import services as library
from app.library.models import LawChange
from app.library.queries import get_instrument
from tests.support.cast import Cast, as_actor
from tests.support.courses import SMALL, enrol, study, sync_folder
from tests.support.pages import Visitors, words
from tests.support.statements import counted_statements

LESSON = "/courses/small/m1-first/basics"
MOVED = date(2026, 12, 1)
SECTION = "m1-first/basics/one"


@pytest.fixture(autouse=True)
def course(app: Flask, cast: Cast) -> None:
    with app.app_context():
        sync_folder()


def teacher(cast: Cast) -> Actor:
    return as_actor(cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id))


def change(cast: Cast, day: date = MOVED, key: str = "us-test-act") -> LawChange:
    release()
    with transaction():
        return library.record_change(
            teacher(cast), get_instrument(key), changed_on=day, note="第一条已修改，见官方公报。"
        )


def tasks(moved: LawChange) -> dict[str, LawTask]:
    release()
    return {task.path: task for task in queries.tasks_of(moved)}


def settle(cast: Cast, moved: LawChange, *paths: str, state: TaskState = TaskState.UNAFFECTED) -> int:
    chosen = [tasks(moved)[path].id for path in paths]
    release()
    with transaction():
        return services.settle(
            teacher(cast), moved, chosen, state=state, reason="与修改后的官方文本逐条比对。", now=clock.now()
        )


def test_a_change_lists_the_sections_and_questions_that_rest_on_the_law_before(cast: Cast) -> None:
    found = tasks(change(cast))
    assert found[SECTION].pins == ["1", "2(a)"]
    assert {path.partition("/")[0] for path in found} >= {"m1-first", "t-m1-c1"}
    assert not any(path.startswith("m2-second") for path in found), "that module rests on another instrument"
    assert tasks(change(cast, date(2026, 10, 1))) == {}, "all was written with that law"
    assert queries.count_open(teacher(cast)) == len(found)


def test_examinations_that_ask_such_questions_are_named_with_their_running_sittings(cast: Cast) -> None:
    study(cast.trainee)
    release()
    with transaction():
        courses.start_exam(as_actor(cast.trainee), "small", now=clock.now())
    moved = change(cast)
    release()
    exams = {exam.key: exam for exam in queries.examinations_of(queries.tasks_of(moved))}
    assert {"small-final", "small-certification"} <= exams.keys()
    assert [key for key, exam in exams.items() if exam.running] == ["small-final"]
    assert all(exam.questions for exam in exams.values())


def test_readers_are_told_until_somebody_has_compared_the_section(visit: Visitors, cast: Cast) -> None:
    enrol(cast.trainee)
    reader = visit(cast.trainee)
    notice = "此处引用的法律自2026年12月1日起有变更"
    assert notice not in words(reader.page(LESSON))
    moved = change(cast)
    assert notice in words(reader.page(LESSON))
    settle(cast, moved, SECTION)
    assert notice not in words(reader.page(LESSON))
    sync_folder()
    assert notice not in words(reader.page(LESSON)), "loading the files again changes nothing"


def test_a_change_recorded_before_a_sync_stays_known_to_every_process(visit: Visitors, cast: Cast) -> None:
    enrol(cast.trainee)
    reader = visit(cast.trainee)
    reader.page(LESSON)
    change(cast)
    sync_folder()
    assert "有变更" in words(reader.page(LESSON))


def test_the_lesson_page_asks_nothing_more_while_no_cited_law_moves(
    app: Flask, visit: Visitors, cast: Cast
) -> None:
    enrol(cast.trainee)
    reader = visit(cast.trainee)
    change(cast, date(2026, 10, 1))
    reader.page(LESSON)
    with counted_statements() as quiet:
        reader.page(LESSON)
    change(cast)
    reader.page(LESSON)
    with counted_statements() as told:
        reader.page(LESSON)
    assert len(told) == len(quiet) + 1


def test_revised_means_that_what_is_published_states_the_later_law(
    cast: Cast, tmp_path: Path, visit: Visitors
) -> None:
    enrol(cast.trainee)
    moved = change(cast)
    with pytest.raises(Conflict, match="m1-first/basics/one"):
        settle(cast, moved, SECTION, state=TaskState.REVISED)
    folder = tmp_path / "content"
    shutil.copytree(SMALL, folder)
    for name in ("course.yaml", "m1-first/module.yaml"):
        path = folder / "courses/small" / name
        path.write_text(path.read_text().replace("as_of: 2026-11-01", "as_of: 2026-12-01"))
    sync_folder(folder)
    assert settle(cast, moved, SECTION, state=TaskState.REVISED) == 1
    shown = words(visit(cast.trainee).page(LESSON))
    assert "本模块已有修订版" in shown, "she keeps the revision she began, and is told"


def test_nobody_settles_twice_without_reason_or_without_the_role(cast: Cast) -> None:
    moved = change(cast)
    task = tasks(moved)[SECTION].id
    now = clock.now()
    release()
    with transaction(), pytest.raises(NotAllowed):
        services.settle(
            as_actor(cast.trainee), moved, [task], state=TaskState.UNAFFECTED, reason="学员不能处理。", now=now
        )
    with transaction(), pytest.raises(Invalid):
        services.settle(teacher(cast), moved, [], state=TaskState.UNAFFECTED, reason="没有选择。", now=now)
    with transaction(), pytest.raises(Invalid):
        services.settle(teacher(cast), moved, [task], state=TaskState.UNAFFECTED, reason="  ", now=now)
    settle(cast, moved, SECTION)
    with pytest.raises(Conflict):
        settle(cast, moved, SECTION)


def test_an_instructor_records_a_change_and_settles_what_rests_on_it(visit: Visitors, cast: Cast) -> None:
    desk = visit(cast.instructor)
    assert "尚未记录法律变更" in words(desk.page("/teaching/law-changes"))
    recorded = {"changed_on": "2026-12-01", "note": "第一条已修改，见官方公报。"}
    address = str(desk.submit("/library/us-test-act/changes/new", recorded).headers["Location"])
    assert address.startswith("/teaching/law-changes/")
    page = desk.page(address)
    chosen = str(page.cssselect("input[name=task]")[0].get("value"))
    whole = {"task": chosen, "state": "unaffected", "reason": "与官方文本逐条比对。"}
    refused = desk.submit(address, whole | {"reason": ""}, 422)
    again = html.fromstring(refused.text)
    assert again.cssselect(f"input[value='{chosen}'][checked]"), "what was chosen stays chosen"
    desk.submit(address, {key: whole[key] for key in ("state", "reason")}, 422)
    desk.submit(address, whole, 303)
    assert "仍然正确" in words(desk.page(address))
    assert "有待比对变更法律的段落" in words(desk.page("/"))
