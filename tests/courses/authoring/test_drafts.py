"""Drafts: one working copy, edits that merge or are kept, nothing overwritten."""

import pytest

from app.core import clock
from app.core.database import db, release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.courses.authoring import queries, services
from app.courses.authoring.models import DraftConflict
from app.courses.authoring.sources import find_text
from tests.support.authoring import author, change, instructor, open_draft, save
from tests.support.cast import Cast
from tests.support.courses import sync_folder

LESSON = "m1-first/02-case.zh.md"


def test_an_outsider_sees_no_draft_and_saves_nothing(cast: Cast) -> None:
    sync_folder()
    draft = open_draft(author(cast))
    outsider = instructor(cast.other_instructor)
    with pytest.raises(NotFound):
        queries.draft_for(outsider, draft.id)
    with pytest.raises(NotFound):
        save(outsider, draft, LESSON, "x")
    with pytest.raises(NotFound):
        open_draft(outsider)


def test_everybody_works_on_the_same_draft(cast: Cast) -> None:
    sync_folder()
    one, other = author(cast), author(cast)
    draft = open_draft(one)
    assert open_draft(other).id == draft.id
    files = queries.files_of(draft.id)
    assert {"course.yaml", "m1-first/module.yaml", LESSON} <= files.keys()
    assert all(head.version == 0 for head in files.values())
    assert queries.faults_of(draft.id) == []


def test_edits_of_different_lines_merge_and_of_the_same_are_kept(cast: Cast) -> None:
    sync_folder()
    one, other = author(cast), author(cast)
    draft = open_draft(one)
    text = "第一行\n\n第二行\n\n第三行\n"
    assert save(one, draft, "m1-first/99-x.zh.md", text).version == 1
    mine = save(one, draft, "m1-first/99-x.zh.md", text.replace("第一行", "改了的第一行"), base_version=1)
    theirs = save(other, draft, "m1-first/99-x.zh.md", text.replace("第三行", "改了的第三行"), base_version=1)
    assert (mine.version, mine.merged) == (2, False)
    assert (theirs.version, theirs.merged) == (3, True)
    assert theirs.text == "改了的第一行\n\n第二行\n\n改了的第三行\n"
    clash = save(other, draft, "m1-first/99-x.zh.md", text.replace("第一行", "另一个第一行"), base_version=1)
    assert clash.conflict_id is not None
    assert (clash.version, clash.text) == (3, theirs.text)
    conflict = db.session.get_one(DraftConflict, clash.conflict_id)
    assert find_text(conflict.mine_digest) == text.replace("第一行", "另一个第一行")
    release()
    with transaction():
        solved = services.resolve_conflict(
            one, conflict.id, text="两个第一行\n", base_version=3, edit_id=new_id(), now=clock.now()
        )
    assert solved.version == 4
    assert queries.conflicts_of(draft.id) == []


def test_an_edit_sent_twice_is_one_edit(cast: Cast) -> None:
    sync_folder()
    one = author(cast)
    draft, edit_id = open_draft(one), new_id()
    first = save(one, draft, LESSON, "新\n", edit_id=edit_id)
    save(one, draft, LESSON, "更新\n", base_version=1)
    again = save(one, draft, LESSON, "新\n", edit_id=edit_id)
    assert again == first
    with pytest.raises(Conflict):
        save(one, draft, LESSON, "另\n", edit_id=edit_id)
    release()
    assert queries.text_of(draft.id, LESSON) == "更新\n"
    assert queries.text_of(draft.id, LESSON, 1) == "新\n"


def test_a_file_is_deleted_renamed_and_comes_back(cast: Cast) -> None:
    sync_folder()
    one, other = author(cast), author(cast)
    draft = open_draft(one)
    change(one, draft, LESSON, "信", "函")
    kept = queries.text_of(draft.id, LESSON)
    release()
    with transaction(), pytest.raises(Conflict):
        services.delete_file(other, draft.id, LESSON, base_version=0, edit_id=new_id(), now=clock.now())
    release()
    with transaction():
        moved = services.rename_file(
            one, draft.id, LESSON, "m1-first/03-case.zh.md", base_version=1, edit_id=new_id(), now=clock.now()
        )
    assert moved.text == kept
    assert LESSON not in queries.files_of(draft.id)
    stale = save(other, draft, LESSON, "我的\n", base_version=1)
    assert stale.conflict_id is not None
    assert stale.text is None
    assert save(other, draft, LESSON, "再来\n", base_version=2).version == 3


@pytest.mark.parametrize(
    "path", ["../x.md", "a/b/c/d.md", "/etc/x.md", ".hidden.md", "m1/x.svg", "m1/..", "a\\b.md"]
)
def test_only_paths_of_a_course_are_kept(cast: Cast, path: str) -> None:
    sync_folder()
    one = author(cast)
    draft = open_draft(one)
    with pytest.raises(Invalid):
        save(one, draft, path, "x")


def test_a_course_of_ones_own_begins_with_a_course_file_that_says_what_is_missing(cast: Cast) -> None:
    sync_folder()
    one = instructor(cast.instructor)
    release()
    with transaction():
        draft = services.create_course(
            one,
            key="own-course",
            title={"zh": "自建课程", "en": "A course of our own"},
            organisation_id=cast.university.id,
            now=clock.now(),
        )
    assert [str(fault) for fault in queries.faults_of(draft.id)] == [
        "content/courses/own-course/course.yaml:15:10: `modules`: list should have at least 1 item after"
        " validation, not 0; add the missing entries"
    ]
    release()
    with transaction(), pytest.raises(Conflict):
        services.create_course(
            one,
            key="small",
            title={"zh": "重", "en": "Twice"},
            organisation_id=cast.university.id,
            now=clock.now(),
        )
