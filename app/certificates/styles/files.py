"""House styles as authored: ``content/house-styles/<organisation>.yaml``, with their checks."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fontTools.ttLib import TTFont
from pydantic import Field, StringConstraints

from app.certificates.fonts import BOLD, missing_characters
from app.certificates.rendering.style import DEMANDED, FIELDS, contrast_on_white, fields_of
from app.certificates.rules import DocumentKind
from app.core.messages import N_
from app.courses.content.faults import Report, YamlDocument, read_yaml
from app.courses.content.files import Location
from app.courses.content.hints import nearest
from app.courses.content.parts import Both, Key, Part

FOLDER: Final = "house-styles"
#: Text as small as a document's notes has to be read on paper (WCAG 2.2, 1.4.3).
CONTRAST: Final = 4.5
#: A training certificate is not a vocational qualification, whatever its style.
FORBIDDEN: Final = "职业资格"

FONT_MEND: Final = N_("use other characters, or add them to script/document-fonts.characters and build the fonts")

Ink = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]


class Colours(Part):
    #: Borders, titles, rules.
    line: Ink
    seal: Ink


class Seal(Part):
    #: From right to left, each read downwards.
    columns: Annotated[
        list[Annotated[str, StringConstraints(pattern=r"^[\u4E00-\u9FFF]{2,4}$")]],
        Field(min_length=2, max_length=3),
    ]
    carving: Literal["raised", "sunk"] = "raised"


class Document(Part):
    title: Both | None = None
    statement: Both | None = None
    signatories: Annotated[list[Both], Field(max_length=2)] = Field(default_factory=list)


class CompletionDocument(Document):
    statement_with_examination: Both | None = None


class Documents(Part):
    completion: CompletionDocument | None = None
    hours: Document | None = None
    transcript: Document | None = None
    appointment: Document | None = None


class StyleFile(Part):
    """The style of one body's documents; what it leaves out is as in the academy's plain style."""

    #: The organisation's key, and the file's name.
    id: Key
    #: Made up for demonstration: its seal always carries 示例.
    example: bool = False
    colours: Colours
    seal: Seal
    documents: Documents = Documents()


@cache
def _carved() -> frozenset[int]:
    """The code points that seals can be cut from."""
    with TTFont(BOLD, lazy=True) as face:
        return frozenset(face.getBestCmap())


def _uncut(text: str) -> str:
    return "".join(character for character in dict.fromkeys(text) if ord(character) not in _carved())


def read_styles(root: Path, report: Report) -> list[StyleFile]:
    """The styles of a content folder without faults; faults are added to the report."""
    known = _organisations(root)
    found = []
    for path in sorted((root / FOLDER).glob("*.yaml")):
        document = read_yaml(path, report)
        style = document.validated(StyleFile) if document else None
        if style is None or document is None:
            continue
        before = len(report.faults)
        _check_names(style, document, known)
        _check_looks(style, document)
        _check_words(style, document)
        if len(report.faults) == before:
            found.append(style)
    return found


def _organisations(root: Path) -> list[str]:
    """Keys of the organisations; faults of their file are reported where it is read for itself."""
    path = root / "organisations.yaml"
    document = read_yaml(path, Report(root)) if path.is_file() else None
    listed = document.data.get("organisations") if document else None
    return [str(item.get("id")) for item in listed or () if isinstance(item, dict)]


def _check_names(style: StyleFile, document: YamlDocument, known: list[str]) -> None:
    if style.id != document.path.stem:
        document.fault(
            ("id",),
            N_("`id` is %(id)s but the name is %(name)s", id=style.id, name=document.path.stem),
            N_("write `id: %(name)s`, or rename", name=document.path.stem),
        )
    if style.id not in known:
        document.fault(
            ("id",),
            N_("there is no organisation `%(key)s`%(meant)s", key=style.id, meant=nearest(style.id, known)),
            N_("name an organisation of organisations.yaml"),
        )


def _check_looks(style: StyleFile, document: YamlDocument) -> None:
    for name in ("line", "seal"):
        code = getattr(style.colours, name)
        ratio = contrast_on_white(code)
        if ratio < CONTRAST:
            document.fault(
                ("colours", name),
                N_("%(code)s has a contrast of %(ratio)s on paper", code=code, ratio=f"{ratio:.1f}"),
                N_("choose a darker colour (4.5)"),
            )
    columns = style.seal.columns
    if len({len(column) for column in columns}) > 1:
        document.fault(
            ("seal", "columns"), N_("the columns differ in length"), N_("give each column as many characters")
        )
    if lacking := _uncut("".join(columns)):
        document.fault(
            ("seal", "columns"), N_("the font of titles and seals lacks %(lacking)s", lacking=lacking), FONT_MEND
        )


def _texts(node: Any, at: Location = ()) -> Iterator[tuple[Location, str]]:
    if isinstance(node, str):
        yield at, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _texts(value, (*at, name))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, (*at, index))


def _check_words(style: StyleFile, document: YamlDocument) -> None:
    for at, text in _texts(style.documents.model_dump(exclude_none=True), ("documents",)):
        if FORBIDDEN in text:
            document.fault(
                at,
                N_("“%(forbidden)s” stands in it", forbidden=FORBIDDEN),
                N_("say what was trained; these are not qualifications"),
            )
        if missing := missing_characters(character for character in text if character != "\n"):
            document.fault(
                at,
                N_("documents cannot show %(missing)s", missing=missing),
                N_("use characters that the document fonts have"),
            )
        if at[2:] == ("title", "zh") and (thin := _uncut(text)):
            document.fault(at, N_("the font of titles and seals lacks %(lacking)s", lacking=thin), FONT_MEND)
        if at[2] in {"statement", "statement_with_examination"}:
            _check_statement(DocumentKind(str(at[1])), text, document, at)


def _check_statement(kind: DocumentKind, text: str, document: YamlDocument, at: Location) -> None:
    try:
        names = fields_of(text)
    except ValueError:
        document.fault(at, N_("a brace that is not a field"), N_("write fields as {programme}; no other braces"))
        return
    allowed = FIELDS[kind]
    demanded = DEMANDED[kind]
    if kind is DocumentKind.COMPLETION:
        if at[2] == "statement":
            allowed -= {"examination"}
        else:
            demanded |= {"examination"}
    for name in sorted(names - allowed):
        document.fault(
            at,
            N_("there is no field {%(name)s} here%(meant)s", name=name, meant=nearest(name, allowed)),
            N_("use %(known)s", known=", ".join(sorted(allowed))),
        )
    for name in sorted(demanded - names):
        document.fault(at, N_("the field {%(name)s} is missing", name=name), N_("say it: {%(name)s}", name=name))
