"""The types of question an author can write."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from app.courses.content.schema import Both, CitationText, Key, Part, Text


class Choice(Part):
    id: Key
    text: Both
    correct: bool = False
    feedback: Both | None = None


class Pair(Part):
    id: Key
    left: Both
    right: Both


class Labelled(Part):
    id: Key
    text: Both


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

    def body(self) -> dict[str, Any]:
        """What the assessment engine keeps as a revision: everything but the stable key and the use."""
        values = self.canonical()
        del values["id"], values["use"]
        return values


class Single(QuestionBase):
    type: Literal["single"]
    choices: Annotated[list[Choice], Field(min_length=2, max_length=10)]


class Multiple(QuestionBase):
    type: Literal["multiple"]
    choices: Annotated[list[Choice], Field(min_length=2, max_length=10)]
    scoring: Literal["all_or_nothing", "partial", "partial_with_penalty", "right_minus_wrong"] = "all_or_nothing"


class TrueFalse(QuestionBase):
    type: Literal["true_false"]
    answer: bool


class FurtherUnit(Part):
    unit: Both
    factor: int | float


class Numeric(QuestionBase):
    type: Literal["numeric"]
    answer: int | float
    tolerance: Annotated[int | float, Field(ge=0)] = 0
    unit: Both | None = None
    units: list[FurtherUnit] = Field(default=[])
    unit_required: bool = False


class ShortText(QuestionBase):
    type: Literal["short_text"]
    accept: Annotated[list[Text], Field(min_length=1)]
    patterns: list[Text] = Field(default=[])
    ignore: list[Literal["width", "case", "script"]] = Field(default=["width", "case"])


class Matching(QuestionBase):
    type: Literal["matching"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=12)]
    distractors: list[Labelled] = Field(default=[])


class Ordering(QuestionBase):
    type: Literal["ordering"]
    items: Annotated[list[Labelled], Field(min_length=2, max_length=12)]
    scoring: Literal["position", "all_or_nothing", "adjacent", "longest_run"] = "position"


Question = Annotated[
    Single | Multiple | TrueFalse | Numeric | ShortText | Matching | Ordering, Field(discriminator="type")
]


class QuestionsFile(Part):
    questions: list[Question]
