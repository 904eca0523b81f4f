"""Specimens: every kind of document in a house style, of nobody, unsigned and without a number that was given."""

from typing import Final

from app.certificates import numbers
from app.certificates.rendering import Printed, render
from app.certificates.rendering.style import HouseStyle, in_style
from app.certificates.rules import (
    SERIES,
    AppointmentClaims,
    Claims,
    CompletionClaims,
    CourseClaim,
    CourseRecord,
    DocumentKind,
    Draft,
    Names,
    RecordClaims,
    Snapshot,
)
from app.core.text import Bilingual

HOLDER: Final = Names("样张", "SPECIMEN")
DAY: Final = "2026-01-05"
NO_CODE: Final = "0000-0000-0000-0000"
PROGRAMME: Final = Bilingual(zh="示例培养方案", en="Example programme")
LEVEL: Final = Bilingual(zh="示例层次", en="Example level")
TITLES: Final[dict[DocumentKind, Bilingual]] = {
    DocumentKind.COMPLETION: {"zh": "结业证书", "en": "Certificate of Completion"},
    DocumentKind.HOURS: {"zh": "学时证明", "en": "Statement of Hours"},
    DocumentKind.TRANSCRIPT: {"zh": "成绩单", "en": "Transcript"},
    DocumentKind.APPOINTMENT: {"zh": "聘书", "en": "Letter of Appointment"},
}
COURSES: Final = (
    ("a", Bilingual(zh="示例课程一", en="Example course one"), "8", "88"),
    ("b", Bilingual(zh="示例课程二", en="Example course two"), "10", "92"),
)


def _claims(kind: DocumentKind, body: Bilingual) -> Claims:
    if kind is DocumentKind.COMPLETION:
        return CompletionClaims(
            programme_key="example",
            programme_title=PROGRAMME,
            programme_level=LEVEL,
            programme_digest="0" * 64,
            trained_at=body,
            hours="18",
            courses=tuple(CourseClaim(key, title, hours, DAY, "0" * 64) for key, title, hours, _ in COURSES),
            completed_on=DAY,
            examination={"zh": "示例综合考试", "en": "Example examination"},
            result_percent="90",
            result_valid_until="2029-01-05",
            quiz_revision_digest="0" * 64,
            grade_run_id="0" * 8,
            law_as_of="2026-01-01",
        )
    if kind is DocumentKind.APPOINTMENT:
        return AppointmentClaims(
            category={"zh": "示例类别", "en": "Example category"},
            fields=({"zh": "示例领域", "en": "example field"},),
            jurisdictions=({"zh": "示例法域", "en": "example jurisdiction"},),
            languages=({"zh": "中文", "en": "Chinese"}, {"zh": "英文", "en": "English"}),
            starts_on=DAY,
            ends_on="2029-01-04",
            affiliation=body,
            criteria_digest="0" * 64,
        )
    transcript = kind is DocumentKind.TRANSCRIPT
    return RecordClaims(
        programme_key="example",
        programme_title=PROGRAMME,
        programme_level=LEVEL,
        trained_at=body,
        courses=tuple(
            CourseRecord(key, title, hours, DAY, percent if transcript else None, "0" * 64)
            for key, title, hours, percent in COURSES
        ),
        hours="18",
        starts_on=DAY,
        ends_on=DAY,
        examination={"zh": "示例综合考试", "en": "Example examination"} if transcript else None,
        result_percent="90" if transcript else None,
        quiz_revision_digest=None,
        grade_run_id=None,
        law_as_of="2026-01-01",
    )


def specimen(kind: DocumentKind, style: HouseStyle, body: Bilingual, site: str) -> bytes:
    """One document in this style, as PDF. ``body`` is the issuing organisation's name."""
    draft = Draft(
        kind=kind,
        title=TITLES[kind],
        issuer=body,
        valid_until="2029-01-04" if kind is DocumentKind.APPOINTMENT else None,
        cycle=1,
        example=True,
        claims=_claims(kind, body),
    )
    number = numbers.make_number(SERIES[kind], 2026, 0)
    snapshot = Snapshot(number, DAY, HOLDER, in_style(draft, style), style.digest)
    return render(snapshot, Printed(NO_CODE, site, style))
