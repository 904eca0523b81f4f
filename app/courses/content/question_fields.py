"""What each type of question holds, wherever it stands: in the bank, in a case, in a cloze."""

from typing import Annotated, Literal

from pydantic import Field

from app.courses.content.parts import Both, Key, Part, Text


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


class FurtherUnit(Part):
    unit: Both
    factor: int | float


class SingleFields(Part):
    type: Literal["single"]
    choices: Annotated[list[Choice], Field(min_length=2, max_length=10)]
    any_right: Literal[True] | None = None


class MultipleFields(Part):
    type: Literal["multiple"]
    choices: Annotated[list[Choice], Field(min_length=2, max_length=10)]
    scoring: Literal["all_or_nothing", "partial", "partial_with_penalty", "right_minus_wrong"] = "all_or_nothing"


class TrueFalseFields(Part):
    type: Literal["true_false"]
    answer: bool


class Quantity(Part):
    tolerance: Annotated[int | float, Field(ge=0)] = 0
    unit: Both | None = None
    units: list[FurtherUnit] = Field(default=[])
    unit_required: bool = False


class NumericFields(Quantity):
    type: Literal["numeric"]
    answer: int | float


class ShortTextFields(Part):
    type: Literal["short_text"]
    accept: Annotated[list[Text], Field(min_length=1)]
    patterns: list[Text] = Field(default=[])
    ignore: list[Literal["width", "case", "script"]] = Field(default=["width", "case"])


class MatchingFields(Part):
    type: Literal["matching"]
    pairs: Annotated[list[Pair], Field(min_length=2, max_length=12)]
    distractors: list[Labelled] = Field(default=[])


class OrderingFields(Part):
    type: Literal["ordering"]
    items: Annotated[list[Labelled], Field(min_length=2, max_length=12)]
    scoring: Literal["position", "all_or_nothing", "adjacent", "longest_run"] = "position"


class _Gap(Part):
    """A field of a cloze."""

    id: Key
    marks: Annotated[int, Field(ge=1, le=100)] = 1


class SingleGap(_Gap, SingleFields):
    pass


class NumericGap(_Gap, NumericFields):
    pass


class ShortTextGap(_Gap, ShortTextFields):
    pass


class ClozeFields(Part):
    type: Literal["cloze"]
    text: Both
    gaps: Annotated[
        list[Annotated[SingleGap | NumericGap | ShortTextGap, Field(discriminator="type")]],
        Field(min_length=1, max_length=20),
    ]


class Parameter(Part):
    from_: int | float = Field(alias="from")
    to: int | float
    step: int | float = 1


class CalculatedFields(Quantity):
    type: Literal["calculated"]
    parameters: dict[str, Parameter]
    formula: Text
    decimals: Annotated[int, Field(ge=0, le=10)] = 2


class Place(Part):
    id: Key
    item: Key


class DragTextFields(Part):
    type: Literal["drag_text"]
    text: Both
    items: Annotated[list[Labelled], Field(min_length=2, max_length=20)]
    gaps: Annotated[list[Place], Field(min_length=1, max_length=20)]


class Image(Part):
    figure: Text
    width: Annotated[int, Field(ge=1, le=10_000)]
    height: Annotated[int, Field(ge=1, le=10_000)]
    alt: Both


class Zone(Place):
    label: Both
    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]
    width: Annotated[int, Field(ge=1)]
    height: Annotated[int, Field(ge=1)]


class DragImageFields(Part):
    type: Literal["drag_image"]
    image: Image
    items: Annotated[list[Labelled], Field(min_length=2, max_length=20)]
    zones: Annotated[list[Zone], Field(min_length=1, max_length=20)]


class Level(Part):
    id: Key
    text: Both
    points: int | float


class Criterion(Part):
    id: Key
    text: Both
    levels: Annotated[list[Level], Field(min_length=2, max_length=8)]


class EssayFields(Part):
    type: Literal["essay"]
    count: Literal["words", "characters"] = "words"
    minimum: int | None = None
    maximum: int | None = None
    rubric: Annotated[list[Criterion], Field(min_length=1, max_length=12)]
    model: Both


class UploadFields(Part):
    type: Literal["file_upload"]
    accept: Annotated[list[Literal["pdf", "docx", "xlsx", "pptx", "png", "jpeg", "text"]], Field(min_length=1)]
    max_files: Annotated[int, Field(ge=1, le=5)] = 1
    max_mebibytes: Annotated[int, Field(ge=1, le=20)] = 10
