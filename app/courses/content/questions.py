"""The types of question an author can write, and the same as parts of a case."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from app.courses.content.parts import Both, CitationText, Key, Part
from app.courses.content.question_fields import (
    CalculatedFields,
    ClozeFields,
    DragImageFields,
    DragTextFields,
    EssayFields,
    MatchingFields,
    MultipleFields,
    NumericFields,
    OrderingFields,
    ShortTextFields,
    SingleFields,
    TrueFalseFields,
    UploadFields,
)


class QuestionBase(Part):
    id: Key
    use: Literal["bank", "check"]
    objective: Key
    difficulty: Annotated[int, Field(ge=1, le=3)]
    tags: list[Key] = Field(default=[])
    as_of: date
    law: Annotated[list[CitationText], Field(min_length=1)]
    prompt: Both
    feedback: Both
    marks: Annotated[int, Field(ge=1, le=100)] = 1
    certainty: bool = False

    def canonical(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_none=True, by_alias=True)

    def body(self) -> dict[str, Any]:
        """What the assessment engine keeps as a revision: everything but the stable key and the use."""
        values = self.canonical()
        del values["id"], values["use"]
        return values


class Single(QuestionBase, SingleFields):
    pass


class Multiple(QuestionBase, MultipleFields):
    pass


class TrueFalse(QuestionBase, TrueFalseFields):
    pass


class Numeric(QuestionBase, NumericFields):
    pass


class ShortText(QuestionBase, ShortTextFields):
    pass


class Matching(QuestionBase, MatchingFields):
    pass


class Ordering(QuestionBase, OrderingFields):
    pass


class Cloze(QuestionBase, ClozeFields):
    pass


class Calculated(QuestionBase, CalculatedFields):
    pass


class DragText(QuestionBase, DragTextFields):
    pass


class DragImage(QuestionBase, DragImageFields):
    pass


class Essay(QuestionBase, EssayFields):
    pass


class Upload(QuestionBase, UploadFields):
    pass


class _CasePart(Part):
    """A question about a case."""

    id: Key
    marks: Annotated[int, Field(ge=1, le=100)] = 1
    prompt: Both
    feedback: Both | None = None


class SinglePart(_CasePart, SingleFields):
    pass


class MultiplePart(_CasePart, MultipleFields):
    pass


class TrueFalsePart(_CasePart, TrueFalseFields):
    pass


class NumericPart(_CasePart, NumericFields):
    pass


class ShortTextPart(_CasePart, ShortTextFields):
    pass


class MatchingPart(_CasePart, MatchingFields):
    pass


class OrderingPart(_CasePart, OrderingFields):
    pass


class ClozePart(_CasePart, ClozeFields):
    pass


class CalculatedPart(_CasePart, CalculatedFields):
    pass


class DragTextPart(_CasePart, DragTextFields):
    pass


class DragImagePart(_CasePart, DragImageFields):
    pass


class EssayPart(_CasePart, EssayFields):
    pass


class Exhibit(Part):
    id: Key
    title: Both
    text: Both


CasePart = Annotated[
    SinglePart
    | MultiplePart
    | TrueFalsePart
    | NumericPart
    | ShortTextPart
    | MatchingPart
    | OrderingPart
    | ClozePart
    | CalculatedPart
    | DragTextPart
    | DragImagePart
    | EssayPart,
    Field(discriminator="type"),
]


class Case(QuestionBase):
    """Worth the sum of its parts' marks."""

    type: Literal["case"]
    exhibits: list[Exhibit] = Field(default=[])
    parts: Annotated[list[CasePart], Field(min_length=1, max_length=12)]

    def body(self) -> dict[str, Any]:
        values = super().body()
        del values["marks"]
        return values


Question = Annotated[
    Single
    | Multiple
    | TrueFalse
    | Numeric
    | ShortText
    | Matching
    | Ordering
    | Cloze
    | Calculated
    | DragText
    | DragImage
    | Essay
    | Upload
    | Case,
    Field(discriminator="type"),
]


class QuestionsFile(Part):
    questions: list[Question]


def images_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The images of a question's body and of its parts; to be changed in place."""
    return [part["image"] for part in (body, *body.get("parts", ())) if part.get("image")]
