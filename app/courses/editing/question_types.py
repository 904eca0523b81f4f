"""What the form of a question asks, type by type: app/courses/content/questions.py as fields."""

from typing import Final

from flask_babel import lazy_gettext as _l

from app.courses.editing.fields import Field, Kind, one_of, rows
from app.quizzes.grading.upload import MAX_FILES, MAX_MEBIBYTES

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

_TEXT: Final = Field("text", Kind.BOTH_LINE, _l("Text"), required=True)
_LABELLED: Final = (_ID, _TEXT)
_CHOICES: Final = rows(
    "choices",
    _l("Choices"),
    _l("Choice"),
    _ID,
    Field("correct", Kind.FLAG, _l("Right answer"), default=False),
    _TEXT,
    Field("feedback", Kind.BOTH_LINE, _l("Explanation for those who take it")),
)
_QUANTITY: Final = (
    Field("tolerance", Kind.NUMBER, _l("Tolerance"), _l("How far an answer may be off, in the unit."), default=0),
    Field("unit", Kind.BOTH_LINE, _l("Unit")),
    rows(
        "units",
        _l("Further units"),
        _l("Unit"),
        Field("unit", Kind.BOTH_LINE, _l("Unit"), required=True),
        Field("factor", Kind.NUMBER, _l("Factor"), required=True),
        hint=_l("Number × factor is the number in the first unit."),
        required=False,
    ),
    Field(
        "unit_required",
        Kind.FLAG,
        _l("A number without its unit earns nothing"),
        _l("Candidates write the unit behind the number and are not shown which ones are taken."),
        default=False,
    ),
)
_ITEMS: Final = rows("items", _l("Items"), _l("Item"), *_LABELLED, ids="i")
_ITEM_HERE: Final = Field("item", Kind.LINE, _l("Id of the item that belongs here"), required=True)
_GAPPED: Final = Field(
    "text", Kind.BOTH_TEXT, _l("Text with gaps"), _l("A gap is its id in double braces: {{a}}."), required=True
)
_MULTIPLE_SCORING: Final = one_of(
    "scoring",
    _l("Scoring"),
    ("all_or_nothing", _l("All or nothing")),
    ("partial", _l("Partial")),
    ("partial_with_penalty", _l("Partial, wrong choices subtract")),
    ("right_minus_wrong", _l("Right minus wrong")),
    default="all_or_nothing",
    hint=_l(
        "With R right and W wrong choices, r and w of them taken. Partial: (r − e) / R, e being how many more than"
        " R are taken. Wrong choices subtract: r / R − w / W. Right minus wrong: (r − w) / R. Never below 0."
    ),
)
_ORDER_SCORING: Final = one_of(
    "scoring",
    _l("Scoring"),
    ("position", _l("Items at their own place")),
    ("all_or_nothing", _l("All or nothing")),
    ("adjacent", _l("Neighbours in order")),
    ("longest_run", _l("Longest run in order")),
    default="position",
    hint=_l(
        "Own place: the share of items at their place. Neighbours: the share of neighbouring pairs that follow one"
        " another. Longest run: its pairs over all pairs, so that one item out of place costs little."
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
_LEVELS: Final = rows(
    "levels",
    _l("Levels"),
    _l("Level"),
    _ID,
    Field("points", Kind.NUMBER, _l("Points"), required=True),
    _TEXT,
    ids="l",
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
_ZONES: Final = rows(
    "zones",
    _l("Places on the image"),
    _l("Place"),
    _ID,
    _ITEM_HERE,
    Field("label", Kind.BOTH_LINE, _l("Where it is, in words"), required=True),
    Field("x", Kind.NUMBER, _l("From the left"), required=True),
    Field("y", Kind.NUMBER, _l("From the top"), required=True),
    Field("width", Kind.NUMBER, _l("Width"), required=True),
    Field("height", Kind.NUMBER, _l("Height"), required=True),
    ids="z",
)


def own_fields(kind: str) -> tuple[Field, ...]:
    """What a question of this type asks of its own, also as a gap of a cloze and as a part of a case."""
    return OWN.get(kind, ())


OWN: Final[dict[str, tuple[Field, ...]]] = {
    "single": (
        _CHOICES,
        Field("any_right", Kind.FLAG, _l("Any of the right choices earns the marks"), default=False),
    ),
    "multiple": (_CHOICES, _MULTIPLE_SCORING),
    "true_false": (one_of("answer", _l("Right answer"), (True, _l("True")), (False, _l("False"))),),
    "numeric": (Field("answer", Kind.NUMBER, _l("Right answer"), required=True), *_QUANTITY),
    "short_text": (
        Field("accept", Kind.LINES, _l("Accepted answers"), _l("One a line."), required=True),
        Field(
            "patterns",
            Kind.LINES,
            _l("Accepted patterns"),
            _l("One a line: * stands for any characters, ? for one, \\* and \\? for the characters themselves."),
        ),
        _IGNORE,
    ),
    "matching": (
        rows(
            "pairs",
            _l("Pairs"),
            _l("Pair"),
            _ID,
            Field("left", Kind.BOTH_LINE, _l("Left side"), required=True),
            Field("right", Kind.BOTH_LINE, _l("Right side"), required=True),
            ids="p",
        ),
        rows(
            "distractors",
            _l("Further right sides"),
            _l("Right side"),
            *_LABELLED,
            hint=_l("They belong to nothing."),
            ids="d",
            required=False,
        ),
    ),
    "ordering": (
        rows(
            "items",
            _l("Items"),
            _l("Item"),
            *_LABELLED,
            hint=_l("In the right order; they are shown shuffled."),
            ids="s",
        ),
        _ORDER_SCORING,
    ),
    "cloze": (
        _GAPPED,
        rows(
            "gaps", _l("Gaps"), _l("Gap"), _ID, one_of("type", _l("Type"), *_GAP_TYPES), _MARKS, by_type=own_fields
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
    "drag_text": (_GAPPED, _ITEMS, rows("gaps", _l("Gaps"), _l("Gap"), _ID, _ITEM_HERE)),
    "drag_image": (_IMAGE, _ITEMS, _ZONES),
    "essay": (
        one_of(
            "count",
            _l("Length is counted in"),
            ("words", _l("Words (each hanzi is one)")),
            ("characters", _l("Characters")),
            default="words",
        ),
        Field("minimum", Kind.NUMBER, _l("At least")),
        Field("maximum", Kind.NUMBER, _l("At most")),
        rows("rubric", _l("Criteria"), _l("Criterion"), *_LABELLED, _LEVELS, ids="c"),
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
        Field(
            "max_files", Kind.NUMBER, _l("How many files"), _l("At most %(number)s.", number=MAX_FILES), default=1
        ),
        Field(
            "max_mebibytes",
            Kind.NUMBER,
            _l("Megabytes a file"),
            _l("At most %(number)s.", number=MAX_MEBIBYTES),
            default=10,
        ),
    ),
    "case": (
        rows(
            "exhibits",
            _l("Exhibits"),
            _l("Exhibit"),
            _ID,
            Field("title", Kind.BOTH_LINE, _l("Title"), required=True),
            Field("text", Kind.BOTH_TEXT, _l("Text"), _MARKDOWN, required=True),
            hint=_l("To be read before the questions."),
            ids="e",
            required=False,
        ),
        rows(
            "parts",
            _l("Parts"),
            _l("Part"),
            _ID,
            one_of("type", _l("Type"), *_PART_TYPES),
            _MARKS,
            PROMPT,
            Field("feedback", Kind.BOTH_TEXT, _l("Explanation")),
            ids="p",
            by_type=own_fields,
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
        one_of("type", _l("Type"), *TYPES),
        one_of("use", _l("Used in"), *(uses[:1] if kind in MARKED_BY_PEOPLE else uses)),
        one_of("objective", _l("Objective"), *objectives),
        one_of(
            "difficulty", _l("Difficulty"), (1, _l("1 · recall")), (2, _l("2 · apply")), (3, _l("3 · analyse"))
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
    sure = Field(
        "certainty",
        Kind.FLAG,
        _l("Ask how sure the candidate is"),
        _l(
            "Right: 1, 2 or 3 points, wrong: 0, −2 or −6, beside the marks. Of several choices or an order: all or"
            " nothing only."
        ),
        default=False,
    )
    return (PROMPT, *OWN.get(kind, ()), FEEDBACK, *marks, *((sure,) if kind in _CERTAIN else ()))


def question_fields(kind: str, objectives: tuple[tuple[str, str], ...]) -> tuple[Field, ...]:
    """Everything, in the order in which new questions are written."""
    about, content = about_fields(kind, objectives), content_fields(kind)
    texts = (PROMPT, FEEDBACK)
    return (*about, *texts, *(field for field in content if field not in texts))
