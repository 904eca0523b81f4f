"""Publishing from the browser makes what a sync of the same files makes."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import db, release, transaction
from app.core.errors import Conflict, NotAllowed, NotFound
from app.courses import queries as courses
from app.courses.authoring import queries, services
from app.courses.authoring.rules import Decision
from app.quizzes.models import Quiz, QuizRevision
from tests.support.authoring import author, change, open_draft, publish, review, save
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


def test_programmes_follow_what_is_published_and_forbid_what_would_starve_them(cast: Cast) -> None:
    sync_folder()
    one, reviewer = author(cast), author(cast)
    draft = open_draft(one)
    before = certification()
    change(one, draft, "m2-second/questions.yaml", "规定叫什么？", "该规定叫什么？")
    publish(one, reviewer, draft)
    assert certification() == before + 1
    again = open_draft(one)
    change(one, again, "m2-second/questions.yaml", "use: bank", "use: check")
    change(one, again, "course.yaml", "    - {module: m2-second, pick: 1}\n", "")
    for language in ("zh", "en"):
        path = f"m2-second/01-rule.{language}.md"
        save(one, again, path, queries.text_of(again.id, path) + "\n::: question t-m2-q1\n:::\n")
    release()
    assert [str(fault) for fault in queries.faults_of(again.id)] == [
        "content/programmes/small-programme.yaml:21:29: `pick` is 3 but the course has 2 bank questions; write at"
        " most 2, or add questions with `use: bank`"
    ]
    release()
    with transaction(), pytest.raises(Conflict) as refused:
        services.submit(one, again.id, now=clock.now())
    assert refused.value.code == "faults"


def certification() -> int:
    """The number of the certification examination's present revision."""
    quiz = db.session.scalars(select(Quiz).where(Quiz.key == "small-certification")).one()
    number = db.session.get_one(QuizRevision, quiz.current_revision_id).number
    release()
    return number


def test_an_earlier_state_is_published_anew_and_open_drafts_are_brought_up_to_it(cast: Cast) -> None:
    sync_folder()
    one, reviewer = author(cast), author(cast)
    first, tree = digest(), queries.publications_of("small")[0].tree_digest
    draft = open_draft(one)
    change(one, draft, LESSON, "来了一封信", "来了一封函")
    publish(one, reviewer, draft)
    release()
    second = open_draft(one)
    change(one, second, "m2-second/01-rule.zh.md", "规定的第三条", "该规定第三条")
    with transaction():
        services.roll_back(one, "small", tree, note="撤回", now=clock.now())
    assert digest() == first
    with transaction(), pytest.raises(Conflict) as refused:
        services.submit(one, second.id, now=clock.now())
    assert refused.value.code == "outdated"
    with transaction():
        assert services.update_draft(one, second.id, clock.now()) == []
    assert "来了一封信" in queries.text_of(second.id, LESSON)
    publish(one, reviewer, second)
    assert digest() != first
    with transaction(), pytest.raises(NotFound):
        services.roll_back(one, "small", "0" * 64, note="", now=clock.now())
