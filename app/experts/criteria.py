"""What admission to the pool demands, as authored in ``content/expert-criteria.yaml``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from app.core.messages import N_
from app.courses.content.faults import Report, read_yaml
from app.courses.content.parts import Both, Key, Part

FILE = "expert-criteria.yaml"


class _Criterion(Part):
    id: Key
    title: Both
    explanation: Both
    required: bool = True


class CertificateCriterion(_Criterion):
    """A valid certificate of completion: of one of the programmes, or of any when none is named."""

    kind: Literal["certificate"]
    programmes: tuple[Key, ...] = ()


class ResultCriterion(_Criterion):
    """A result of a certification examination that still stands, in per cent."""

    kind: Literal["result"]
    minimum_percent: int = Field(ge=0, le=100)


class StatementCriterion(_Criterion):
    """What the applicant states herself, with years; a reviewer judges it."""

    kind: Literal["statement"]
    minimum_years: int = Field(default=0, ge=0, le=60)


class DeclarationCriterion(_Criterion):
    """A declaration that the applicant makes by ticking it."""

    kind: Literal["declaration"]


Criterion = Annotated[
    CertificateCriterion | ResultCriterion | StatementCriterion | DeclarationCriterion, Field(discriminator="kind")
]


class Criteria(Part):
    """A whole set of criteria."""

    id: Key
    example: bool = False
    title: Both
    note: Both | None = None
    #: How long an appointment lasts unless the decision says otherwise.
    term_years: int = Field(default=3, ge=1, le=10)
    criteria: tuple[Criterion, ...] = Field(min_length=1)


def read_criteria(root: Path, report: Report) -> Criteria | None:
    """The criteria of a content folder; None when it has none, or faults, which are added to the report."""
    path = root / FILE
    document = read_yaml(path, report) if path.is_file() else None
    criteria = document.validated(Criteria) if document else None
    if criteria is None or document is None:
        return None
    seen: set[str] = set()
    for index, criterion in enumerate(criteria.criteria):
        if criterion.id in seen:
            document.fault(
                ("criteria", index, "id"), N_("`%(key)s` stands twice", key=criterion.id), N_("give it its own id")
            )
        seen.add(criterion.id)
    return criteria
