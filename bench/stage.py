"""A site to measure: the real courses, a class of any size, open browsers, running examinations, in bulk."""

import itertools
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, inspect, select

from app.accounts.models import LoginSession, Person, PersonState, RoleGrant
from app.cohorts import queries as cohorts
from app.cohorts import services as cohort_services
from app.cohorts.models import Cohort, Membership, ProgrammeCompletion
from app.config import PROJECT
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.identifiers import new_id
from app.courses import queries as courses
from app.courses.models import CourseCompletion, Enrolment, SectionRead
from app.courses.queries.catalogue import current_revision_id
from app.demo.acting import declaration
from app.quizzes import services as quizzes
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptItem, AttemptResult, AttemptState, GradeRun, ResponseEvent
from tests.support.cast import make_organisation, make_person, signed_in_headers
from tests.support.courses import sync_folder
from tests.support.postgres import postgres_server
from tests.support.processes import Site, own_site

PROGRAMME = "national-lawyer"
COURSE = "l2-section-337"
MODULE = "m1-elements"
BULK = 5_000


@dataclass
class Sitting:
    """A running attempt in an open browser; ``change`` is the next thing its candidate does."""

    path: str
    headers: dict[str, str]
    #: Single-choice questions: item and choices.
    paper: list[tuple[str, list[str]]]
    device: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent: int = 0

    @property
    def attempt_id(self) -> uuid.UUID:
        return uuid.UUID(self.path.split("/")[2])

    def answer(self, number: int) -> tuple[str, dict[str, str]]:
        """Question and response of the so-manieth change."""
        item, choices = self.paper[(number - 1) % len(self.paper)]
        return item, {"choice": choices[(number - 1) // len(self.paper) % len(choices)]}

    def change(self, ahead: int = 0) -> dict[str, Any]:
        """Another answer than the last to the next question: nothing could skip the work.

        ``ahead``: how many events the attempt has that this browser did not send.
        """
        self.sent += 1
        item, response = self.answer(self.sent)
        return {
            "item": item,
            "client_id": str(uuid.uuid4()),
            "device_id": self.device,
            "client_seq": self.sent,
            "base_ordinal": ahead + self.sent - 1,
            "response": response,
        }


@dataclass
class Stage:
    """A site with one cohort."""

    site: Site
    registrar: Person
    organisation_id: uuid.UUID
    cohort_id: uuid.UUID
    quiz_id: uuid.UUID
    people: list[uuid.UUID] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def add_trainees(self, count: int) -> list[uuid.UUID]:
        """So many more in the cohort, enrolled in the course, who have read two sections."""
        found = courses.get_course(COURSE)
        course_id, revision_id = found.id, current_revision_id(found)
        paths = sorted(courses.outline(revision_id).section_paths)[:2]
        release()
        now, people = clock.now(), [new_id() for _ in range(count)]
        self._insert(Person, [self._person(person_id) for person_id in people])
        grant = {"role": Role.TRAINEE, "organisation_id": self.organisation_id}
        self._insert(RoleGrant, [{"person_id": person_id, **grant} for person_id in people])
        member = {"cohort_id": self.cohort_id, "cycle": 1, "state_since": now}
        self._insert(Membership, [{"person_id": person_id, **member} for person_id in people])
        begun = {"course_id": course_id, "course_revision_id": revision_id, "source": f"cohort:{self.cohort_id}"}
        enrolments = [{"id": new_id(), "person_id": person_id, **begun} for person_id in people]
        self._insert(Enrolment, enrolments)
        read = [{"enrolment_id": one["id"], "path": path, "at": now} for one in enrolments for path in paths]
        self._insert(SectionRead, read)
        self.people += people
        return people

    def complete_everything(self) -> None:
        """Each trainee has completed the course, the certification examination and the programme."""
        now, sample = clock.now(), self.people[0]
        begun = self._begin(sample)
        model = {**_values(begun), "state": AttemptState.SUBMITTED, "submitted_at": now}
        cohort = db.session.get_one(Cohort, self.cohort_id)
        programme = cohort.programme_id, cohort.programme_revision_id
        enrolments = db.session.execute(
            select(Enrolment.id, Enrolment.person_id, Enrolment.course_revision_id)
        ).all()
        course_id = courses.get_course(COURSE).id
        members = db.session.execute(select(Membership.id, Membership.person_id)).all()
        release()
        done = {"course_id": course_id, "hours": Decimal(12), "completed_at": now}
        self._insert(
            CourseCompletion,
            [
                {"enrolment_id": one.id, "person_id": one.person_id, "course_revision_id": one.course_revision_id}
                | done
                for one in enrolments
            ],
        )
        runs = [{"id": new_id(), "cause": "submission", "grader_version": "1", "applied_at": now} for _ in members]
        self._insert(GradeRun, runs)
        attempts = [
            {
                **model,
                "id": new_id(),
                "candidate_id": one.person_id,
                "context_id": one.id,
                "grade_run_id": run["id"],
            }
            for one, run in zip(members, runs, strict=True)
        ]
        self._insert(Attempt, attempts)
        marks = {"earned": Decimal(14), "possible": Decimal(16), "percent": Decimal("87.5"), "passed": True}
        self._insert(
            AttemptResult,
            [{"run_id": one["grade_run_id"], "attempt_id": one["id"], **marks} for one in attempts],
        )
        fact = {
            "programme_id": programme[0],
            "programme_revision_id": programme[1],
            "cycle": 1,
            "completed_at": now,
            "hours": Decimal(12),
            "exam_percent": Decimal("87.5"),
            "basis": {},
        }
        self._insert(
            ProgrammeCompletion,
            [{"membership_id": one.id, "person_id": one.person_id, **fact} for one in members],
        )

    def _begin(self, person_id: uuid.UUID) -> Attempt:
        """A running attempt at the certification examination, begun by the engine."""
        with transaction():
            return quizzes.start_attempt(
                Actor(person_id, "学员"),
                quiz_id=self.quiz_id,
                context_type=cohorts.EXAM_CONTEXT,
                context_id=new_id(),
                admission=declaration(self.quiz_id),
                now=clock.now(),
            )

    def _person(self, person_id: uuid.UUID) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "id": person_id,
            "name": f"学员{number}",
            "latin_name": f"XUEYUAN {number}",
            "email": f"trainee{number}@example.org",
            "student_number": f"00{number:08}",
            "organisation_id": self.organisation_id,
            "state": PersonState.ACTIVE,
        }

    def _insert(self, model: Any, rows: Sequence[dict[str, Any]]) -> None:
        for start in range(0, len(rows), BULK):
            with transaction() as session:
                session.execute(insert(model), list(rows[start : start + BULK]))

    def headers(self, people: Sequence[uuid.UUID]) -> list[dict[str, str]]:
        """A signed-in browser of each person: its cookie and form token."""
        now = clock.now()
        live = {"last_seen_at": now, "expires_at": now + timedelta(days=1), "agent": "bench"}
        logins: list[dict[str, Any]] = [{"id": new_id(), "person_id": person_id, **live} for person_id in people]
        self._insert(LoginSession, logins)
        return [signed_in_headers(self.site.app, login["id"]) for login in logins]

    def logins(self, people: Sequence[uuid.UUID]) -> Sequence[LoginSession]:
        """The sessions of people who are signed in, the newest last."""
        found = db.session.scalars(
            select(LoginSession).where(LoginSession.person_id.in_(people)).order_by(LoginSession.created_at)
        ).all()
        db.session.expunge_all()
        release()
        return found

    def sittings(self, people: Sequence[uuid.UUID]) -> list[Sitting]:
        """A running attempt of each at the certification examination: one begun by the engine, the rest alike."""
        headers = self.headers(people)
        begun = self._begin(people[0])
        model = _values(begun)
        items = [_values(item) for item in db.session.scalars(select(AttemptItem).filter_by(attempt_id=begun.id))]
        release()
        attempts = [model]
        papers = [items]
        for person_id in people[1:]:
            own = {**model, "id": new_id(), "candidate_id": person_id, "context_id": new_id()}
            attempts.append(own)
            papers.append([{**item, "id": new_id(), "attempt_id": own["id"]} for item in items])
        self._insert(Attempt, attempts[1:])
        self._insert(AttemptItem, list(itertools.chain.from_iterable(papers[1:])))
        return [
            Sitting(
                path=f"/attempts/{attempt['id']}/answers",
                headers={**own_headers, "Content-Type": "application/json"},
                paper=[
                    (str(item["id"]), outward(item["layout"]["choices"], item["layout"]))
                    for item in paper
                    if item["layout"]["type"] == "single"
                ],
            )
            for attempt, paper, own_headers in zip(attempts, papers, headers, strict=True)
        ]

    def kept_answers(self) -> int:
        """Answers in the database that count; raises when one was taken for late or overtaken."""
        counts = db.session.execute(
            select(ResponseEvent.late, ResponseEvent.superseded, func.count()).group_by(
                ResponseEvent.late, ResponseEvent.superseded
            )
        ).all()
        release()
        if any(late or superseded for late, superseded, _count in counts):
            raise RuntimeError(f"answers were not counted: {counts}")
        return sum(count for *_flags, count in counts)

    def lesson_path(self) -> str:
        """The first lesson of the course's first module."""
        outline = courses.outline(current_revision_id(courses.get_course(COURSE)))
        release()
        module = outline.find_module(MODULE)
        assert module is not None, MODULE
        return f"/courses/{COURSE}/{MODULE}/{module.lessons[0].key}"


def _values(row: Any) -> dict[str, Any]:
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}


@contextmanager
def stage(database: str, **overrides: Any) -> Iterator[Stage]:
    """A site in its own folder, on SQLite or on a PostgreSQL server of its own; both are gone afterwards.

    ``overrides`` are settings of the application, where not those of the tests are wanted.
    """
    with ExitStack() as stack:
        settings: dict[str, Any] = (
            {"database_url": stack.enter_context(postgres_server()).url} if database == "postgresql" else {}
        )
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="academy-bench-")))
        if not settings:
            settings["database_url"] = f"sqlite:///{folder / 'bench.sqlite3'}"
        site = stack.enter_context(own_site(folder, **settings, **overrides))
        sync_folder(PROJECT / "content")
        organisation = make_organisation()
        registrar = make_person(organisation, Role.REGISTRAR)
        with transaction():
            programme = cohorts.get_programme(PROGRAMME)
            assert programme.current_revision is not None
            cohort = cohort_services.create_cohort(
                Actor(registrar.id, registrar.name, grants=frozenset([Grant(Role.REGISTRAR, organisation.id)])),
                programme=programme,
                organisation_id=organisation.id,
                name="2026年秋季班",
                session_number="2026-2",
                starts_on=date(2026, 9, 1),
                ends_on=date(2027, 1, 31),
            )
            quiz_id = programme.current_revision.quiz_id
        assert quiz_id is not None, PROGRAMME
        release()
        yield Stage(site, registrar, organisation.id, cohort.id, quiz_id)
