"""Who gets which answer at the engine's routes.

The trainee sits an examination, her university's instructor and the national authority invigilate and review it,
her registrar grants. What needs a long story to exist is asked for under an identifier that nobody has: the tests
of its pages show the rest.
"""

import uuid
from collections.abc import Callable
from typing import Final

import pytest

from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import services
from app.quizzes.models import Attempt, Quiz
from tests.access_matrix import Answers, Row, only, signed_in
from tests.support.accommodations import grant
from tests.support.cast import Cast, as_actor
from tests.support.invigilation import invigilator
from tests.support.quizzes import items_of, make_quiz, start

NOBODYS: Final = uuid.UUID(int=7)
#: Who holds a role somewhere, among the cast.
AUTHORS: Final = ("instructor", "other_instructor", "administrator")
STAFF: Final = (*AUTHORS, "certifier", "second_certifier")
#: Who answers for the trainee and her examination.
OVERSEERS: Final = ("instructor", "administrator", "certifier", "second_certifier")
GRANTERS: Final = ("instructor", "registrar", "administrator")
OTHER_GRANTERS: Final = {"other_instructor": 404, "other_registrar": 404}
HER_OWN: Final = only("trainee", rest=404)
REVIEWED: Final = only(*OVERSEERS, rest=404)

#: Of everybody: what a page for staff answers, and what one about the trainee and her examination.
by_responsibility: Final = pytest.mark.parametrize(
    ("who", "listed", "found"),
    [
        (name, 200 if name in STAFF else 403, 200 if name in OVERSEERS else 404 if name in STAFF else 403)
        for name in ("outsider", "trainee", "cohort_mate", "registrar", "other_registrar", *STAFF)
    ],
)

Address = Callable[[Cast], str]


def role(*names: str, then: int = 200, **others: int) -> Answers:
    """``then`` for those who hold the role, 403 for everybody else."""
    return only(*names, ok=then, **others)


def sitting(path: str) -> Address:
    """A path in an attempt of the trainee's that is under way."""

    def address(cast: Cast) -> str:
        attempt = start(cast.trainee, make_quiz())
        return path.format(id=attempt.id, key=_key(attempt), item=_item(attempt), quiz=attempt.quiz_id)

    return address


def sat(path: str) -> Address:
    """A path in an attempt of the trainee's that is graded."""

    def address(cast: Cast) -> str:
        attempt = start(cast.trainee, make_quiz())
        actor, attempt_id = as_actor(cast.trainee), attempt.id
        release()
        with transaction():
            services.submit_attempt(actor, attempt_id, now=clock.now())
        return path.format(id=attempt_id, key=_key(attempt))

    return address


def granted(path: str) -> Address:
    """A path of something that was granted to the trainee."""

    def address(cast: Cast) -> str:
        return path.format(id=grant(invigilator(cast), cast.trainee).accommodation.id, person=cast.trainee.id)

    return address


def _key(attempt: Attempt) -> str:
    return db.session.get_one(Quiz, attempt.quiz_id).key


def _item(attempt: Attempt) -> uuid.UUID:
    return items_of(attempt)[0].id


def _rows_of_the_candidate() -> tuple[Row, ...]:
    once = only("trainee", ok=302, rest=404)
    return (
        Row("quizzes.show_attempt", sitting("/attempts/{id}"), HER_OWN),
        Row("quizzes.save_paper", sitting("/attempts/{id}"), once, "post"),
        Row("answers.save_answer", sitting("/attempts/{id}/answers"), signed_in(422) | {"visitor": 422}, "post"),
        Row("quizzes.end_pause", sitting("/attempts/{id}/go-on"), once, "post"),
        Row("quizzes.confirm_leaving", sitting("/attempts/{id}/leave"), once),
        Row("quizzes.leave_step", sitting("/attempts/{id}/leave"), once, "post", {"through": "0"}),
        Row("pulse.keep_pulse", sitting("/attempts/{id}/pulse"), HER_OWN | {"visitor": 401}, "post"),
        Row(
            "question_files.receive_file", sitting("/attempts/{id}/questions/{item}/files"), signed_in(404), "post"
        ),
        Row("quizzes.review_attempt", sitting("/attempts/{id}/review"), HER_OWN),
        Row("answers.show_state", sitting("/attempts/{id}/state"), HER_OWN),
        Row("quizzes.submit_attempt", sitting("/attempts/{id}/submit"), once, "post"),
        Row("quizzes.download_receipts", sat("/attempts/{id}/receipts.json"), HER_OWN),
        Row("quizzes.show_result", sat("/attempts/{id}/result"), REVIEWED | {"trainee": 200}),
        Row("regrading.show_history", sat("/attempts/{id}/grades"), REVIEWED),
        Row("question_files.show_image", "/question-images/" + "0" * 64, signed_in(404)),
        Row("questions.show_picture", "/questions/pictures/none.png", signed_in(404)),
    )


def _rows_of_invigilation() -> tuple[Row, ...]:
    watched = role(*OVERSEERS, other_instructor=404)
    return (
        Row("invigilation.list_examinations", "/invigilation", role(*STAFF)),
        Row("invigilation.show_live", sitting("/invigilation/{key}"), role(*STAFF)),
        Row("invigilation.show_seats", sitting("/invigilation/{key}/seats.json"), role(*STAFF)),
        Row("register.show", sitting("/invigilation/{key}/register"), role(*STAFF)),
        Row(
            "register.download",
            sitting("/invigilation/{key}/register/csv"),
            role(*STAFF, other_instructor=404),
            "post",
        ),
        Row("decisions.decide_many", sitting("/invigilation/{key}"), role(*STAFF, then=422), "post"),
        Row("invigilation.show_attempt", sitting("/invigilation/attempts/{id}"), watched),
        Row(
            "decisions.decide",
            sitting("/invigilation/attempts/{id}"),
            role(*OVERSEERS, then=422, other_instructor=404),
            "post",
            {"decision": "extend"},
        ),
        Row("accommodations.show_list", "/accommodations", role(*GRANTERS, **dict.fromkeys(OTHER_GRANTERS, 200))),
        Row("accommodations.show", granted("/accommodations/{id}"), role(*GRANTERS, **OTHER_GRANTERS)),
        Row(
            "accommodations.withdraw",
            granted("/accommodations/{id}/withdraw"),
            role(*GRANTERS, then=422, **OTHER_GRANTERS),
            "post",
        ),
        Row(
            "accommodations.grant",
            granted("/accommodations/new?person={person}"),
            role(*GRANTERS, **OTHER_GRANTERS),
        ),
        Row(
            "accommodations.give",
            granted("/accommodations/new?person={person}"),
            role(*GRANTERS, then=422, **OTHER_GRANTERS),
            "post",
        ),
        Row("releases.list_held", "/results-to-release", role("administrator", "certifier", "second_certifier")),
        Row(
            "releases.show_held",
            "/results-to-release/none",
            role("administrator", "certifier", "second_certifier", then=404),
        ),
        Row(
            "releases.release_results",
            "/results-to-release/none",
            role("administrator", "certifier", "second_certifier", then=404),
            "post",
        ),
    )


def _rows_of_marking() -> tuple[Row, ...]:
    missing = role(*STAFF, then=404)
    return (
        Row("marking.show_queue", "/marking", role(*STAFF)),
        Row("marking.show_answer", f"/marking/answers/{NOBODYS}", missing),
        Row("marking.save_mark", f"/marking/answers/{NOBODYS}", missing, "post"),
        Row("marking.download_file", f"/marking/answers/{NOBODYS}/files/1", missing),
        Row("marking.show_question", f"/marking/examinations/none/{NOBODYS}", missing),
        Row("marking.show_next", f"/marking/examinations/none/{NOBODYS}/next", missing),
    )


def _rows_of_statistics() -> tuple[Row, ...]:
    none = role(*AUTHORS, then=404)
    return (
        Row("item_analysis.list_examined", "/examinations/analysis", role(*STAFF)),
        Row("item_analysis.show", sat("/examinations/{key}/analysis"), role(*STAFF)),
        Row("item_analysis.download", sat("/examinations/{key}/analysis/csv"), role(*STAFF, then=404)),
        Row(
            "item_analysis.show_question",
            f"/examinations/none/analysis/questions/{NOBODYS}",
            role(*STAFF, then=404),
        ),
        Row("regrading.choose_question", sat("/examinations/{key}/regrade"), role(*AUTHORS)),
        Row("regrading.prepare", f"/examinations/none/regrade/{NOBODYS}", none),
        Row("regrading.prepare", f"/examinations/none/regrade/{NOBODYS}", none, "post"),
        Row("regrading.list_regrades", "/regrades", role(*AUTHORS)),
        Row("regrading.show", f"/regrades/{NOBODYS}", none),
        Row("regrading.approve", f"/regrades/{NOBODYS}/apply", none),
        Row("regrading.approve", f"/regrades/{NOBODYS}/apply", none, "post"),
        Row("regrading.download", f"/regrades/{NOBODYS}/changes/csv", none),
        Row("regrading.resume", f"/regrades/{NOBODYS}/resume", none, "post"),
        Row("regrading.give_up", f"/regrades/{NOBODYS}/give-up", none),
        Row("regrading.give_up", f"/regrades/{NOBODYS}/give-up", none, "post"),
        Row("regrading.discard", f"/regrades/{NOBODYS}/discard", none, "post"),
        Row("regrading.try_again", f"/regrades/{NOBODYS}/try", none, "post"),
    )


def _rows_of_the_bank() -> tuple[Row, ...]:
    none = role(*AUTHORS, then=404)
    return (
        Row("questions.list_uploads", "/questions/imports", role(*AUTHORS)),
        Row("questions.upload", "/questions/imports/new", role(*AUTHORS)),
        Row("questions.upload", "/questions/imports/new", role(*AUTHORS, then=422), "post"),
        Row("questions.show_upload", f"/questions/imports/{NOBODYS}", none),
        Row("questions.confirm", f"/questions/imports/{NOBODYS}/confirm", none, "post"),
        Row("questions.discard", f"/questions/imports/{NOBODYS}/discard", none, "post"),
        Row("questions.edit_draft", f"/questions/drafts/{NOBODYS}", none),
        Row("questions.edit_draft", f"/questions/drafts/{NOBODYS}", none, "post"),
        Row("questions.remove_draft", f"/questions/drafts/{NOBODYS}/remove", none, "post"),
        Row("questions.export", "/questions/export", role(*AUTHORS)),
        Row("questions.download", "/questions/export/download", role(*AUTHORS), "post"),
    )


ROWS: Final = (
    *_rows_of_the_candidate(),
    *_rows_of_invigilation(),
    *_rows_of_marking(),
    *_rows_of_statistics(),
    *_rows_of_the_bank(),
)
