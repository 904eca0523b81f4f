"""Where somebody stands against a programme's demands."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cohorts import rules
from app.cohorts.rules import CourseState, Demands, ExamState, Step, Stuck, assess, stuck_reason

pytestmark = pytest.mark.no_database

NOW = datetime(2026, 11, 23, tzinfo=UTC)
BODY = {
    "title": {"zh": "方案", "en": "Programme"},
    "level": {"zh": "", "en": ""},
    "courses": {"compulsory": ["a", "b"], "elective": {"from": ["c", "d"], "minimum": 1}},
    "hours": 20,
    "course_pass_mark": 60,
    "exam": {"id": "x", "title": {"zh": "考", "en": "Exam"}, "pass_mark": 80},
    "certificate": {"title": {"zh": "结业证书", "en": "Certificate of Completion"}},
    "example": True,
}
DEMANDS = Demands.of(BODY)


def done(key: str, hours: int = 8) -> CourseState:
    return CourseState(key, enrolled=True, completed_at=NOW, hours=Decimal(hours), progress=1.0, exam_passed=True)


def courses(*states: CourseState) -> dict[str, CourseState]:
    return {state.key: state for state in states}


def test_somebody_new_begins_with_the_first_compulsory_course() -> None:
    progress = assess(DEMANDS, {}, ExamState())
    assert (progress.step, progress.next_course, progress.share) == (Step.STUDY, "a", 0)


def test_the_course_most_advanced_comes_next() -> None:
    begun = CourseState("b", enrolled=True, progress=0.4)
    assert assess(DEMANDS, courses(begun), ExamState()).next_course == "b"


def test_all_sections_read_but_no_examination_leads_to_the_course_examination() -> None:
    read = CourseState("a", enrolled=True, progress=1.0)
    assert assess(DEMANDS, courses(read, done("b")), ExamState()).step is Step.COURSE_EXAM


def test_compulsory_courses_alone_do_not_replace_the_elective() -> None:
    progress = assess(DEMANDS, courses(done("a", 10), done("b", 10)), ExamState())
    assert (progress.ready_for_exam, progress.next_course) == (False, "c")


def test_courses_without_the_hours_do_not_open_the_examination() -> None:
    progress = assess(DEMANDS, courses(done("a", 4), done("b", 4), done("c", 4)), ExamState())
    assert (progress.ready_for_exam, progress.step) == (False, Step.MORE_HOURS)


def test_courses_and_hours_open_the_examination_and_passing_completes() -> None:
    mine = courses(done("a"), done("b"), done("c"))
    assert assess(DEMANDS, mine, ExamState()).step is Step.CERTIFICATION_EXAM
    passed = assess(DEMANDS, mine, ExamState(Decimal(80), passed=True, attempts_used=1))
    assert (passed.complete, passed.share, passed.step) == (True, 1.0, Step.DONE)


def test_passing_the_examination_alone_completes_nothing() -> None:
    assert not assess(DEMANDS, courses(done("a")), ExamState(Decimal(100), passed=True)).complete


def test_a_programme_without_examination_is_complete_with_its_courses() -> None:
    demands = Demands.of({**BODY, "exam": None})
    assert assess(demands, courses(done("a"), done("b"), done("c")), ExamState()).complete


@given(
    st.dictionaries(st.sampled_from("abcd"), st.tuples(st.booleans(), st.floats(0, 1), st.integers(0, 30))),
    st.booleans(),
)
def test_the_share_stays_within_bounds_and_is_whole_only_when_complete(
    states: dict[str, tuple[bool, float, int]], passed: bool
) -> None:
    mine = {
        key: CourseState(key, True, NOW if finished else None, Decimal(hours), 1.0 if finished else progress)
        for key, (finished, progress, hours) in states.items()
    }
    progress = assess(DEMANDS, mine, ExamState(passed=passed))
    assert 0 <= progress.share <= 1
    assert progress.complete == (progress.ready_for_exam and passed)


@pytest.mark.parametrize(
    ("state", "exam", "joined_days_ago", "expected"),
    [
        (None, ExamState(), 13, None),
        (None, ExamState(), 14, Stuck.NOT_STARTED),
        (
            CourseState("a", True, progress=0.2, last_activity_at=NOW - timedelta(days=14)),
            ExamState(),
            40,
            Stuck.SILENT,
        ),
        (CourseState("a", True, progress=0.2, last_activity_at=NOW - timedelta(days=3)), ExamState(), 40, None),
        (
            CourseState("a", True, progress=1.0, exam_passed=False, last_activity_at=NOW),
            ExamState(),
            40,
            Stuck.EXAM_FAILED,
        ),
        (None, ExamState(Decimal(50), attempts_used=1), 1, Stuck.EXAM_FAILED),
    ],
)
def test_who_is_stuck_and_why(
    state: CourseState | None, exam: ExamState, joined_days_ago: int, expected: Stuck | None
) -> None:
    mine = courses(state) if state else {}
    progress = assess(DEMANDS, mine, exam)
    joined = NOW - timedelta(days=joined_days_ago)
    assert stuck_reason(progress, mine, exam, joined_at=joined, now=NOW) is expected


def test_an_examination_under_way_is_not_failed() -> None:
    assert not ExamState(attempts_used=1).failed
    assert ExamState(Decimal(0), attempts_used=1).failed
    assert not ExamState(Decimal(80), passed=True, attempts_used=1).failed


def test_a_join_code_survives_being_read_out() -> None:
    code = rules.new_join_code()
    assert rules.normalise_join_code(f" {code[:4].lower()}-{code[4:]} ") == code
    assert not set(code) & set("01IOLU")
