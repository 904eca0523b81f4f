"""What each file under ``content/`` may say; docs/content-format.md in code."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from app.courses.content.exams import CourseExam, ProgrammeExam
from app.courses.content.parts import Both, Key, Part, Text

Pin = Annotated[str, StringConstraints(pattern=r"^[^\[\]\s][^\[\]\n]*$", max_length=60)]
JurisdictionCode = Annotated[str, StringConstraints(pattern=r"^([A-Z]{2}|INT)$")]


def _hours(value: Any) -> Any:
    # YAML reads 1.5 as a binary number; its shortest decimal form is what the author wrote
    return str(float(value)) if isinstance(value, float) else value


Hours = Annotated[Decimal, BeforeValidator(_hours), Field(gt=0, le=400, max_digits=6, decimal_places=2)]


# --- library -----------------------------------------------------------------------------------------------


class InstrumentKind(StrEnum):
    STATUTE = "statute"
    REGULATION = "regulation"
    TREATY = "treaty"
    DECISION = "decision"
    GUIDELINE = "guideline"
    RULE = "rule"


class InstrumentStatus(StrEnum):
    IN_FORCE = "in_force"
    ADOPTED = "adopted"
    AMENDED = "amended"
    REPEALED = "repealed"


Review = Literal["reviewed", "unreviewed"]


class InstrumentTitle(Both):
    original: Text


class InstrumentDates(Part):
    adopted: date | None = None
    in_force: date | None = None
    repealed: date | None = None


class Source(Part):
    name: Text
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S+$")] | None = None


class PinPattern(Part):
    zh: Annotated[str, StringConstraints(pattern=r"^[^{}]*\{\}[^{}]*$")]
    en: Annotated[str, StringConstraints(pattern=r"^[^{}]*\{\}[^{}]*$")]


class Provision(Part):
    pin: Pin
    review: Review
    summary: Both


class InstrumentFile(Part):
    id: Key
    kind: InstrumentKind
    jurisdiction: JurisdictionCode
    number: Text | None = None
    title: InstrumentTitle
    short: Both | None = None
    dates: InstrumentDates = InstrumentDates()
    status: InstrumentStatus
    as_of: date
    source: Source | None = None
    review: Review
    basis: Literal["sourced", "general-knowledge"]
    pin: PinPattern | None = None
    note: Both | None = None
    provisions: list[Provision] = Field(default=[])


class Term(Both):
    id: Key
    note: Both | None = None


class GlossaryFile(Part):
    terms: list[Term]


# --- organisations and programmes --------------------------------------------------------------------------


class Organisation(Part):
    id: Key
    kind: Literal["authority", "university", "bar", "sub_centre", "industry_platform", "outpost"]
    name: Both
    example: bool = False
    parent: Key | None = None


class OrganisationsFile(Part):
    organisations: list[Organisation]


class Electives(Part):
    from_: list[Key] = Field(default=[], alias="from")
    minimum: Annotated[int, Field(ge=0)] = 0

    def canonical(self) -> dict[str, Any]:
        return {"from": self.from_, "minimum": self.minimum}


class ProgrammeCourses(Part):
    compulsory: list[Key]
    elective: Electives = Electives()


class CertificateRules(Part):
    title: Both
    validity_years: Annotated[int, Field(ge=1, le=50)] | None = None
    certification_validity_years: Annotated[int, Field(ge=1, le=50)] | None = None
    #: Issued by itself on completion, or cohort by cohort when a certifier orders it.
    issued: Literal["automatically", "by_certifier"] = "automatically"


class RenewalRules(Part):
    """What a renewal demands: a new cycle of the programme, which leaves the earlier certificate as it is."""

    #: How many days before the result expires it may begin.
    opens_days: Annotated[int, Field(ge=1, le=1000)] = 180
    courses: ProgrammeCourses
    hours: Annotated[Decimal, Field(ge=0)]
    exam: ProgrammeExam | None = None
    declaration: Both


class ProgrammeFile(Part):
    id: Key
    track: Literal["L", "U"]
    title: Both
    summary: Both
    example: bool = False
    organisation: Key
    level: Both
    courses: ProgrammeCourses
    hours: Hours
    course_pass_mark: Annotated[int, Field(ge=0, le=100)]
    exam: ProgrammeExam | None = None
    renewal: RenewalRules | None = None
    certificate: CertificateRules

    def canonical(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)


# --- courses and modules -----------------------------------------------------------------------------------


class CourseFile(Part):
    id: Key
    code: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9.-]{0,9}$")]
    track: Literal["L", "U"]
    title: Both
    summary: Both
    as_of: date
    jurisdictions: Annotated[list[JurisdictionCode], Field(min_length=1)]
    hours: Hours
    modules: Annotated[list[Key], Field(min_length=1)]
    open: bool = False
    #: Whose instructors edit it; the national authority's where nothing is said.
    organisation: Key | None = None
    instructors_note: Both | None = None
    exam: CourseExam | None = None


class Objective(Both):
    id: Key


class LessonEntry(Part):
    id: Key
    #: The module in which it was first published, if it has moved since.
    moved_from: Key | None = None
    title: Both
    minutes: Annotated[int, Field(ge=1, le=600)]
    kind: Literal["text", "case"] = "text"


class Reading(Part):
    instrument: Key
    pin: Pin | None = None
    note: Both


class ModuleFile(Part):
    id: Key
    title: Both
    summary: Both
    as_of: date
    jurisdictions: Annotated[list[JurisdictionCode], Field(min_length=1)]
    hours: Hours
    objectives: Annotated[list[Objective], Field(min_length=1)]
    law: Annotated[list[Key], Field(min_length=1)]
    lessons: Annotated[list[LessonEntry], Field(min_length=1)]
    readings: list[Reading] = Field(default=[])
