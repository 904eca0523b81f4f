"""What the form of a question asks, type by type: app/courses/content/questions.py as fields."""

from typing import Final

from flask_babel import lazy_gettext as _l

from app.courses.editing.fields import Field, Kind

TYPES: Final = (
    *(("single", _l("Single choice")), ("multiple", _l("Multiple choice")), ("true_false", _l("True or false"))),
    *(("numeric", _l("Numerical")), ("short_text", _l("Short text")), ("matching", _l("Matching"))),
    *(("ordering", _l("Ordering")), ("cloze", _l("Gaps in a text")), ("calculated", _l("Calculated number"))),
    *(("drag_text", _l("Drag into text")), ("drag_image", _l("Drag onto an image")), ("essay", _l("Essay"))),
    *(("file_upload", _l("File upload")), ("case", _l("Case analysis"))),
)
#: Answers that people mark: for the bank alone.
MARKED_BY_PEOPLE: Final = ("essay", "file_upload", "case")
_PART_TYPES: Final = tuple(pair for pair in TYPES if pair[0] not in ("file_upload", "case"))
_GAP_TYPES: Final = tuple(pair for pair in TYPES if pair[0] in ("single", "numeric", "short_text"))

_ID: Final = Field("id", Kind.LINE, _l("Id"), required=True)
_MARKS: Final = Field("marks", Kind.NUMBER, _l("Marks"), default=1)
_MARKDOWN: Final = _l("Markdown, as in lessons.")

PROMPT: Final = Field("prompt", Kind.BOTH_TEXT, _l("Question"), _MARKDOWN, required=True)
FEEDBACK: Final = Field(
    "feedback",
    Kind.BOTH_TEXT,
    _l("Explanation"),
    _l("Shown after answering: say why, and cite the provision, such as [@us-19-usc-1337 (a)(2)]."),
    required=True,
)

_LABELLED: Final = (_ID, Field("text", Kind.BOTH_LINE, _l("Text"), required=True))
_CHOICES: Final = Field(
    "choices",
    Kind.ROWS,
    _l("Choices"),
    one=_l("Choice"),
    required=True,
    of=(
        _ID,
        Field("correct", Kind.FLAG, _l("Right answer"), default=False),
        Field("text", Kind.BOTH_LINE, _l("Text"), required=True),
        Field("feedback", Kind.BOTH_LINE, _l("Explanation for those who take it")),
    ),
)
_QUANTITY: Final = (
    Field("tolerance", Kind.NUMBER, _l("Tolerance"), _l("How far an answer may be off, in the unit."), default=0),
    Field("unit", Kind.BOTH_LINE, _l("Unit")),
    Field(
        "units",
        Kind.ROWS,
        _l("Further units"),
        _l("Number × factor is the number in the first unit."),
        one=_l("Unit"),
        of=(
            Field("unit", Kind.BOTH_LINE, _l("Unit"), required=True),
            Field("factor", Kind.NUMBER, _l("Factor"), required=True),
        ),
    ),
    Field("unit_required", Kind.FLAG, _l("A number without its unit earns nothing"), default=False),
)
_ITEMS: Final = Field("items", Kind.ROWS, _l("Items"), one=_l("Item"), ids="i", of=_LABELLED, required=True)
_GAPPED: Final = Field(
    "text", Kind.BOTH_TEXT, _l("Text with gaps"), _l("A gap is its id in double braces: {{a}}."), required=True
)

_MULTIPLE_SCORING: Final = Field(
    "scoring",
    Kind.CHOICE,
    _l("Scoring"),
    default="all_or_nothing",
    options=(
        ("all_or_nothing", _l("All or nothing")),
        ("partial", _l("Partial")),
        ("partial_with_penalty", _l("Partial, wrong choices subtract")),
        ("right_minus_wrong", _l("Right minus wrong")),
    ),
)
_ORDER_SCORING: Final = Field(
    "scoring",
    Kind.CHOICE,
    _l("Scoring"),
    default="position",
    options=(
        ("position", _l("Items at their own place")),
        ("all_or_nothing", _l("All or nothing")),
        ("adjacent", _l("Neighbours in order")),
        ("longest_run", _l("Longest run in order")),
    ),
)
_IGNORE: Final = Field(
    "ignore",
    Kind.MANY,
    _l("Differences that do not count"),
    default=["width", "case"],
    options=(
        ("width", _l("Full and half width")),
        ("case", _l("Capitals")),
        ("script", _l("Traditional and simplified characters")),
    ),
)
_LEVELS: Final = Field(
    "levels",
    Kind.ROWS,
    _l("Levels"),
    one=_l("Level"),
    ids="l",
    required=True,
    of=(
        _ID,
        Field("points", Kind.NUMBER, _l("Points"), required=True),
        Field("text", Kind.BOTH_LINE, _l("Text"), required=True),
    ),
)
_PARAMETERS: Final = Field(
    "parameters",
    Kind.NAMED,
    _l("Numbers drawn for every paper"),
    _l("The question names them in double braces: {{price}}."),
    one=_l("Number drawn"),
    required=True,
    of=(
        Field("id", Kind.LINE, _l("Name"), required=True),
        Field("from", Kind.NUMBER, _l("From"), required=True),
        Field("to", Kind.NUMBER, _l("To"), required=True),
        Field("step", Kind.NUMBER, _l("Step"), default=1),
    ),
)
_IMAGE: Final = Field(
    "image",
    Kind.GROUP,
    _l("Image"),
    required=True,
    of=(
        Field(
            "figure",
            Kind.LINE,
            _l("Figure"),
            _l("A file among the figures of the course."),
            required=True,
            suggestions="figures",
        ),
        Field("width", Kind.NUMBER, _l("Width in its own units"), required=True),
        Field("height", Kind.NUMBER, _l("Height in its own units"), required=True),
        Field("alt", Kind.BOTH_LINE, _l("What it shows, in words"), required=True),
    ),
)
_ZONES: Final = Field(
    "zones",
    Kind.ROWS,
    _l("Places on the image"),
    one=_l("Place"),
    ids="z",
    required=True,
    of=(
        _ID,
        Field("item", Kind.LINE, _l("Id of the item that belongs here"), required=True),
        Field("label", Kind.BOTH_LINE, _l("Where it is, in words"), required=True),
        *(
            Field(name, Kind.NUMBER, label, required=True)
            for name, label in (("x", _l("From the left")), ("y", _l("From the top")))
        ),
        *(
            Field(name, Kind.NUMBER, label, required=True)
            for name, label in (("width", _l("Width")), ("height", _l("Height")))
        ),
    ),
)


def gap_fields(kind: str) -> tuple[Field, ...]:
    """A gap of a cloze."""
    return OWN.get(kind, ())


def part_fields(kind: str) -> tuple[Field, ...]:
    """A part of a case."""
    return OWN.get(kind, ())


OWN: Final[dict[str, tuple[Field, ...]]] = {
    "single": (
        _CHOICES,
        Field("any_right", Kind.FLAG, _l("Any of the right choices earns the marks"), default=False),
    ),
    "multiple": (_CHOICES, _MULTIPLE_SCORING),
    "true_false": (
        Field(
            "answer",
            Kind.CHOICE,
            _l("Right answer"),
            required=True,
            options=((True, _l("True")), (False, _l("False"))),
        ),
    ),
    "numeric": (Field("answer", Kind.NUMBER, _l("Right answer"), required=True), *_QUANTITY),
    "short_text": (
        Field("accept", Kind.LINES, _l("Accepted answers"), _l("One a line."), required=True),
        Field(
            "patterns",
            Kind.LINES,
            _l("Accepted patterns"),
            _l("One a line: * stands for any characters, ? for one."),
        ),
        _IGNORE,
    ),
    "matching": (
        Field(
            "pairs",
            Kind.ROWS,
            _l("Pairs"),
            one=_l("Pair"),
            ids="p",
            required=True,
            of=(
                _ID,
                Field("left", Kind.BOTH_LINE, _l("Left side"), required=True),
                Field("right", Kind.BOTH_LINE, _l("Right side"), required=True),
            ),
        ),
        Field(
            "distractors",
            Kind.ROWS,
            _l("Further right sides"),
            _l("They belong to nothing."),
            one=_l("Right side"),
            ids="d",
            of=_LABELLED,
        ),
    ),
    "ordering": (
        Field(
            "items",
            Kind.ROWS,
            _l("Items"),
            _l("In the right order; they are shown shuffled."),
            one=_l("Item"),
            ids="s",
            of=_LABELLED,
            required=True,
        ),
        _ORDER_SCORING,
    ),
    "cloze": (
        _GAPPED,
        Field(
            "gaps",
            Kind.ROWS,
            _l("Gaps"),
            one=_l("Gap"),
            required=True,
            of=(_ID, Field("type", Kind.CHOICE, _l("Type"), options=_GAP_TYPES, required=True), _MARKS),
            by_type=gap_fields,
        ),
    ),
    "calculated": (
        _PARAMETERS,
        Field(
            "formula",
            Kind.LINE,
            _l("Formula"),
            _l("With + - * / ** and brackets; abs ceil floor max min round sqrt. Such as: price * 0.05"),
            required=True,
        ),
        Field("decimals", Kind.NUMBER, _l("Decimal places of the answer"), default=2),
        *_QUANTITY,
    ),
    "drag_text": (
        _GAPPED,
        _ITEMS,
        Field(
            "gaps",
            Kind.ROWS,
            _l("Gaps"),
            one=_l("Gap"),
            required=True,
            of=(_ID, Field("item", Kind.LINE, _l("Id of the item that belongs here"), required=True)),
        ),
    ),
    "drag_image": (_IMAGE, _ITEMS, _ZONES),
    "essay": (
        Field(
            "count",
            Kind.CHOICE,
            _l("Length is counted in"),
            default="words",
            options=(("words", _l("Words (each hanzi is one)")), ("characters", _l("Characters"))),
        ),
        Field("minimum", Kind.NUMBER, _l("At least")),
        Field("maximum", Kind.NUMBER, _l("At most")),
        Field(
            "rubric",
            Kind.ROWS,
            _l("Criteria"),
            one=_l("Criterion"),
            ids="c",
            required=True,
            of=(*_LABELLED, _LEVELS),
        ),
        Field("model", Kind.BOTH_TEXT, _l("An answer that would earn full marks"), required=True),
    ),
    "file_upload": (
        Field(
            "accept",
            Kind.MANY,
            _l("Kinds of file"),
            required=True,
            options=tuple((kind, kind.upper()) for kind in ("pdf", "docx", "xlsx", "pptx", "png", "jpeg", "text")),
        ),
        Field("max_files", Kind.NUMBER, _l("How many files"), default=1),
        Field("max_mebibytes", Kind.NUMBER, _l("Megabytes a file"), default=10),
    ),
    "case": (
        Field(
            "exhibits",
            Kind.ROWS,
            _l("Exhibits"),
            _l("To be read before the questions."),
            one=_l("Exhibit"),
            ids="e",
            of=(
                _ID,
                Field("title", Kind.BOTH_LINE, _l("Title"), required=True),
                Field("text", Kind.BOTH_TEXT, _l("Text"), _MARKDOWN, required=True),
            ),
        ),
        Field(
            "parts",
            Kind.ROWS,
            _l("Parts"),
            one=_l("Part"),
            ids="p",
            required=True,
            of=(
                _ID,
                Field("type", Kind.CHOICE, _l("Type"), options=_PART_TYPES, required=True),
                _MARKS,
                PROMPT,
                Field("feedback", Kind.BOTH_TEXT, _l("Explanation")),
            ),
            by_type=part_fields,
        ),
    ),
}

#: Types whose answers are simply right or wrong, whose candidates may be asked how sure they are.
_CERTAIN: Final = ("single", "true_false", "numeric", "calculated", "short_text", "multiple", "ordering")


def about_fields(kind: str, objectives: tuple[tuple[str, str], ...]) -> tuple[Field, ...]:
    """What every question says of itself, in the order of the file."""
    uses = (("bank", _l("Examinations")), ("check", _l("A lesson, as a check question")))
    return (
        Field("id", Kind.LINE, _l("Id"), _l("Unique among all courses; never changed later."), required=True),
        Field("type", Kind.CHOICE, _l("Type"), options=TYPES, required=True),
        Field(
            "use",
            Kind.CHOICE,
            _l("Used in"),
            options=uses[:1] if kind in MARKED_BY_PEOPLE else uses,
            required=True,
        ),
        Field("objective", Kind.CHOICE, _l("Objective"), options=objectives, required=True),
        Field(
            "difficulty",
            Kind.CHOICE,
            _l("Difficulty"),
            required=True,
            options=((1, _l("1 · recall")), (2, _l("2 · apply")), (3, _l("3 · analyse"))),
        ),
        Field("tags", Kind.LINES, _l("Tags"), _l("One a line, such as domestic-industry.")),
        Field("as_of", Kind.DAY, _l("Law stated as of"), required=True),
        Field(
            "law",
            Kind.LINES,
            _l("Law it rests on"),
            _l("One a line: instrument and pinpoint, such as us-19-usc-1337 (a)(2)."),
            required=True,
            suggestions="instruments",
        ),
    )


def content_fields(kind: str) -> tuple[Field, ...]:
    """The question itself."""
    marks = () if kind == "case" else (_MARKS,)
    sure = Field("certainty", Kind.FLAG, _l("Ask how sure the candidate is"), default=False)
    return (PROMPT, *OWN.get(kind, ()), FEEDBACK, *marks, *((sure,) if kind in _CERTAIN else ()))


def question_fields(kind: str, objectives: tuple[tuple[str, str], ...]) -> tuple[Field, ...]:
    """Everything, in the order in which new questions are written."""
    about, content = about_fields(kind, objectives), content_fields(kind)
    texts = (PROMPT, FEEDBACK)
    return (*about, *texts, *(field for field in content if field not in texts))
