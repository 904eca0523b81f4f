"""Publishing from the browser makes what a sync of the same files makes."""

import shutil
from pathlib import Path

import pytest

from app.core import clock
from app.core.database import release, transaction
from app.core.errors import Conflict, NotAllowed
from app.courses import queries as courses
from app.courses.authoring import queries, services
from app.courses.authoring.rules import Decision
from tests.support.authoring import author, change, open_draft, publish, review
from tests.support.cast import Cast
from tests.support.courses import SMALL, sync_folder

LESSON = "m1-first/02-case.zh.md"


def digest() -> str:
    found = courses.current_revision(courses.get_course("small")).digest
    release()
    return found


def test_a_publication_has_the_digest_of_a_sync_of_the_same_files(cast: Cast, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SMALL, tmp_path / "content"))
    sync_folder(folder)
    first = digest()
    lesson = folder / "courses/small" / LESSON
    before = lesson.read_text()
    lesson.write_text(before.replace("来了一封信", "来了一封函"))
    sync_folder(folder)
    expected = digest()
    lesson.write_text(before)
    sync_folder(folder)
    assert digest() == first != expected
    one = author(cast)
    draft = open_draft(one)
    change(one, draft, LESSON, "来了一封信", "来了一封函")
    assert publish(one, author(cast), draft).digest == expected
    assert sync_folder(folder) == []
    assert digest() == expected
    publication = queries.publications_of("small")[0]
    assert (publication.note, publication.origin, publication.draft_id) == ("改动说明", "browser", draft.id)


def test_nobody_approves_what_she_wrote_and_approval_is_of_exactly_these_files(cast: Cast) -> None:
    sync_folder()
    one, reviewer = author(cast), author(cast)
    draft = open_draft(one)
    change(one, draft, LESSON, "来了一封信", "来了一封函")
    with pytest.raises(NotAllowed):
        review(one, one, draft)
    with transaction():
        services.decide(reviewer, draft.id, Decision.APPROVE, now=clock.now())
    change(one, draft, LESSON, "来了一封函", "来了两封函")
    with transaction(), pytest.raises(Conflict) as refused:
        services.publish(one, draft.id, note="x", now=clock.now())
    assert refused.value.code == "approval"
    publish(one, reviewer, draft)
