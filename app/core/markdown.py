"""Markdown as our authors write it: CommonMark, tables, footnotes, callouts, figures, media, questions, citations.

``parse`` gives a Document that knows its sections, citations, figures and questions with their places in the
source; ``render`` makes safe HTML of it. HTML in the source is never passed on, and everything rendered goes
through an allow-list once more.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.footnote import footnote_plugin

from app.core import formulas
from app.core.places import Places

CITATION: Final = re.compile(r"\[(\??)@([A-Za-z0-9._-]+)(?: +([^\[\]\n]+?))? *\]")
HEADING_ID: Final = re.compile(r"\s*\{#([^}\s]*)\}\s*$")
CALLOUTS: Final = ("note", "warning", "deadline", "example", "practice")
#: Blocks that place a file of the course's ``media/``: ``::: video hearing.mp4 Title``.
MEDIA: Final = ("video", "audio", "file")


@dataclass(frozen=True, slots=True)
class Citation:
    """``[@key pin]``; ``reviewed`` is false for ``[?@key pin]``: not yet compared with the official text."""

    key: str
    pin: str
    reviewed: bool
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class CitationLink:
    """What a citation becomes: the words of the link, its whole name, and where it leads."""

    text: str
    name: str
    url: str
    unreviewed_word: str = ""
    unreviewed_note: str = ""


@dataclass(frozen=True, slots=True)
class FigureFile:
    """Where a figure is served from, with its natural size in pixels when known."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    source: str
    alternative: str
    caption: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Something found at a place in the source."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's TeX, and where it begins."""

    tex: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Html:
    """A run of rendered text."""

    html: Markup


@dataclass(frozen=True, slots=True)
class QuestionSlot:
    """Where the page puts a question."""

    key: str


@dataclass(frozen=True, slots=True)
class PlacedMedia:
    """Where the page puts a recording or an attachment; ``nested``: inside another block, where none may stand."""

    kind: str
    name: str
    title: str
    line: int = 0
    column: int = 0
    nested: bool = False
    #: Does anything stand between the block's marks? It would not be shown.
    filled: bool = False


@dataclass(slots=True)
class Section:
    """A second-level heading and what follows it. ``key`` is empty when the author gave no id."""

    key: str
    title: str
    line: int
    tokens: list[Token] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    questions: list[Spot] = field(default_factory=list)
    media: list[PlacedMedia] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """A parsed text. ``opening`` is what stands before the first section."""

    opening: Section
    sections: list[Section]
    footnotes: list[Token]
    citations: list[Citation]
    figures: list[Figure]
    questions: list[Spot]
    html: list[Spot]
    unknown_callouts: list[Spot]
    nested_questions: list[Spot]
    formulas: list[Formula]
    #: Dollars that look like a formula's, in running text.
    stray_dollars: list[Spot]
    env: dict[str, Any]


Cite = Callable[[Citation, bool], CitationLink | None]
Draw = Callable[[str], FigureFile | None]
Mark = Callable[[Sequence[Token]], Sequence[Token]]


def parse_citation(text: str) -> Citation:
    """A citation as lists write it, without brackets: ``us-19-usc-1337 (a)(2)``."""
    key, _, pin = text.strip().partition(" ")
    return Citation(key=key, pin=pin.strip(), reviewed=True)


# --- the parser --------------------------------------------------------------------------------------------


def _citation_rule(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "[":
        return False
    match = CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = match.group(0)
        token.meta = {"citation": Citation(match.group(2), (match.group(3) or "").strip(), match.group(1) == "")}
    state.pos = match.end()
    return True


def _heading_ids(state: StateCore) -> None:
    for heading, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if heading.type != "heading_open" or not inline.children:
            continue
        last = inline.children[-1]
        match = HEADING_ID.search(last.content) if last.type == "text" else None
        if match:
            heading.attrSet("id", match.group(1))
            last.content = last.content[: match.start()]
            inline.content = HEADING_ID.sub("", inline.content)


def _figures(state: StateCore) -> None:
    """A picture that stands alone in its paragraph is a figure."""
    for index in range(1, len(state.tokens) - 1):
        inline = state.tokens[index]
        children = inline.children or []
        alone = inline.type == "inline" and len(children) == 1 and children[0].type == "image"
        if alone and state.tokens[index - 1].type == "paragraph_open":
            state.tokens[index - 1].tag = state.tokens[index + 1].tag = "figure"
            state.tokens[index - 1].hidden = state.tokens[index + 1].hidden = False


def _alignment(state: StateCore) -> None:
    """Tables say their alignment by class: the policy allows no inline style."""
    for token in state.tokens:
        if token.type in {"th_open", "td_open"} and (style := token.attrs.pop("style", None)):
            token.attrSet("class", f"align-{str(style).removeprefix('text-align:').strip()}")


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "typographer": False}).enable("table")
    parser.use(footnote_plugin)
    parser.use(container_plugin, "block", validate=lambda _params, *_: True)
    formulas.install(parser)
    parser.inline.ruler.before("link", "citation", _citation_rule)
    for rule in (_heading_ids, _figures, _alignment):
        parser.core.ruler.push(rule.__name__, rule)
    for name, function in (
        ("citation", _render_citation),
        ("image", _render_image),
        ("container_block_open", _render_callout_open),
        ("container_block_close", _render_callout_close),
        ("table_open", lambda *_: '<div class="table-scroll" tabindex="0"><table>\n'),
        ("table_close", lambda *_: "</table></div>\n"),
        ("html_block", _render_escaped),
        ("html_inline", _render_escaped),
        ("footnote_block_open", lambda *_: '<ol class="footnotes-list">\n'),
        ("footnote_block_close", lambda *_: "</ol>\n"),
        ("footnote_caption", _render_footnote_caption),
    ):
        parser.renderer.rules[name] = function  # type: ignore[attr-defined]
    return parser


def _walk(tokens: Sequence[Token]) -> Iterator[tuple[Token, int]]:
    """Every token with the source line (from 0) of the block it stands in."""
    line = 0
    for token in tokens:
        if token.map:
            line = token.map[0]
        yield token, line
        for child in token.children or ():
            yield child, line


def parse(source: str) -> Document:
    """Parse a text; never raises, faults are found by looking at the document."""
    env: dict[str, Any] = {}
    tokens = _parser.parse(source, env)
    opening = Section(key="", title="", line=1)
    document = Document(opening, [], [], [], [], [], [], [], [], [], [], env)
    places = Places(source)
    current = opening
    for index, token in enumerate(tokens):
        if token.type == "footnote_block_open":
            document.footnotes = tokens[index:]
            break
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0:
            line = token.map[0] + 1 if token.map else 1
            current = Section(str(token.attrs.get("id", "")), tokens[index + 1].content.strip(), line)
            document.sections.append(current)
        current.tokens.append(token)
        if token.type == "container_block_open":
            is_empty = tokens[index + 1].type == "container_block_close"
            _note_block(document, current, token, places, is_empty=is_empty)
    _note_inlines(document, places)
    return document


def _note_block(document: Document, section: Section, token: Token, places: Places, *, is_empty: bool) -> None:
    kind, _, rest = token.info.strip().partition(" ")
    line = token.map[0] + 1 if token.map else 1
    if kind == "question":
        spot = Spot(rest.strip(), line, len("::: question ") + 1)
        section.questions.append(spot)
        document.questions.append(spot)
        if token.level > 0:
            document.nested_questions.append(spot)
    elif kind in MEDIA:
        name, _, title = rest.strip().partition(" ")
        column = len(f"::: {kind} ") + 1
        section.media.append(PlacedMedia(kind, name, title.strip(), line, column, token.level > 0, not is_empty))
    elif kind not in CALLOUTS:
        document.unknown_callouts.append(Spot(kind, *places.find(kind, line - 1)))


def _note_inlines(document: Document, places: Places) -> None:
    groups = [(section, section.tokens) for section in (document.opening, *document.sections)]
    for section, tokens in (*groups, (None, document.footnotes)):
        for token, line in _walk(tokens):
            if token.type == "citation":
                found: Citation = token.meta["citation"]
                row, column = places.find(token.content, line)
                placed = Citation(found.key, found.pin, found.reviewed, row, column)
                document.citations.append(placed)
                if section is not None:
                    section.citations.append(placed)
            elif token.type == "image":
                row, column = places.find(f"]({token.attrs.get('src', '')}", line)
                alternative = token.content
                column = max(1, column - len(alternative) - 2)
                document.figures.append(
                    Figure(
                        str(token.attrs.get("src", "")),
                        alternative,
                        str(token.attrs.get("title", "")),
                        row,
                        column,
                    )
                )
            elif token.type in formulas.TOKENS:
                document.formulas.append(_placed(token, line, places))
            elif token.type == "text" and formulas.looks_unread(token.content):
                document.stray_dollars.append(Spot(token.content, *places.find("$", line)))
            elif token.type in {"html_block", "html_inline"}:
                text = token.content.strip().splitlines()[0] if token.content.strip() else ""
                document.html.append(Spot(text, *places.find(text, line)))


def _placed(token: Token, line: int, places: Places) -> Formula:
    tex = token.content.strip()
    if token.type == "math_block":
        return Formula(tex, *places.find(tex.partition("\n")[0], line))
    # Looked for as it stands: what is not found costs a look at all that follows.
    begun, end, rest = token.content.partition("\n")
    row, column = places.find(token.markup + begun, line)
    if begun.strip():
        return Formula(tex, row, column + len(token.markup) + len(begun) - len(begun.lstrip()))
    blank = (end + rest).removesuffix((end + rest).lstrip())
    return Formula(tex, row + blank.count("\n"), len(blank.rpartition("\n")[2]) + 1)


# --- rendering ---------------------------------------------------------------------------------------------


def _render_citation(tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]) -> str:
    citation: Citation = tokens[index].meta["citation"]
    cite: Cite | None = env.get("cite")
    again = env.get("last_cited") == citation.key
    link = cite(citation, again) if cite else None
    if link is None:
        return f'<span class="cite">{escape(" ".join((citation.key, citation.pin)).strip())}</span>'
    env["last_cited"] = citation.key
    html = f'<a class="cite" href="{escape(link.url)}" title="{escape(link.name)}">{escape(link.text)}</a>'
    if citation.reviewed:
        return html
    note = escape(link.unreviewed_note)
    return f'{html}<span class="cite-unreviewed" title="{note}">{escape(link.unreviewed_word)}</span>'


def _render_image(tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]) -> str:
    token = tokens[index]
    draw: Draw | None = env.get("draw")
    figure = draw(str(token.attrs.get("src", ""))) if draw else None
    alternative, caption = escape(token.content), escape(str(token.attrs.get("title", "")))
    if figure is None:
        return alternative
    size = f' width="{figure.width}" height="{figure.height}"' if figure.width and figure.height else ""
    image = f'<img src="{escape(figure.url)}" alt="{alternative}"{size} loading="lazy">'
    return f"{image}<figcaption>{caption}</figcaption>" if caption else image


def _render_callout_open(tokens: Sequence[Token], index: int, _options: Any, env: dict[str, Any]) -> str:
    kind, _, title = tokens[index].info.strip().partition(" ")
    kind = kind if kind in CALLOUTS else "note"
    label = env.get("callout_labels", {}).get(kind, "")
    heading = title.strip() or label
    words = f'<p class="callout-title">{escape(heading)}</p>\n' if heading else ""
    return f'<aside class="callout callout-{kind}">\n{words}'


def _render_callout_close(*_: Any) -> str:
    return "</aside>\n"


def _render_escaped(tokens: Sequence[Token], index: int, *_: Any) -> str:
    return escape(tokens[index].content)


def _render_footnote_caption(tokens: Sequence[Token], index: int, *_: Any) -> str:
    return str(tokens[index].meta["id"] + 1)


_TAGS: Final = formulas.ELEMENTS | frozenset(
    (
        *("a", "aside", "blockquote", "br", "code", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure"),
        *("h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p", "pre", "span", "strong", "sub", "sup"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    )
)
_CLASSES: Final = {
    "a": {"cite", "footnote-backref", "term"},
    "code": {"formula-fault"},
    "aside": {"callout", *(f"callout-{kind}" for kind in CALLOUTS)},
    "div": {"table-scroll", "formula", "formula-display"},
    "li": {"footnote-item"},
    "ol": {"footnotes-list"},
    "mtd": set(formulas.CELLS.values()),
    "p": {"callout-title"},
    "span": {"cite", "cite-unreviewed", "formula", "formula-display"},
    "sup": {"footnote-ref"},
    "td": {"align-left", "align-center", "align-right"},
    "th": {"align-left", "align-center", "align-right"},
}
_cleaner: Final = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={
        "a": {"href", "title", "id", "data-term"},
        "div": {"tabindex"},
        "h3": {"id"},
        "h4": {"id"},
        "img": {"src", "alt", "width", "height", "loading"},
        "li": {"id"},
        "ol": {"start"},
        "span": {"title", "tabindex"},
        **{element: set(formulas.ATTRIBUTES) for element in formulas.ELEMENTS},
    },
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener",
)


def _html(tokens: Sequence[Token], env: dict[str, Any]) -> Markup:
    return Markup(_cleaner.clean(_parser.renderer.render(tokens, _parser.options, env)))  # noqa: S704 - just cleaned


def _slot(token: Token) -> QuestionSlot | PlacedMedia | None:
    """What a page puts in the place of a block that begins here."""
    if token.type != "container_block_open" or token.level != 0:
        return None
    kind, _, rest = token.info.strip().partition(" ")
    if kind == "question":
        return QuestionSlot(rest.strip())
    name, _, title = rest.strip().partition(" ")
    return PlacedMedia(kind, name, title.strip()) if kind in MEDIA else None


def render_section(
    document: Document, section: Section, *, cite: Cite, draw: Draw, mark: Mark | None = None, **env: Any
) -> list[Html | QuestionSlot | PlacedMedia]:
    """A section's body (without its heading), cut where questions and recordings stand.

    ``mark`` may change each run's tokens.
    """
    whole = {**document.env, **env, "cite": cite, "draw": draw, "last_cited": ""}
    tokens = section.tokens[3:] if section.tokens and section.tokens[0].tag == "h2" else section.tokens
    blocks: list[Html | QuestionSlot | PlacedMedia] = []
    run: list[Token] = []
    skipping = False

    def flush() -> None:
        if run:
            blocks.append(Html(_html(mark(run) if mark else run, whole)))
            run.clear()

    for token in tokens:
        slot = _slot(token)
        if slot is not None:
            flush()
            blocks.append(slot)
            skipping = True
        elif skipping:
            skipping = not (token.type == "container_block_close" and token.level == 0)
        else:
            run.append(token)
    flush()
    return blocks


def render_footnotes(document: Document, *, cite: Cite, **env: Any) -> Markup:
    """The notes at the end of a text, or nothing."""
    if not document.footnotes:
        return Markup("")
    return _html(document.footnotes, {**document.env, **env, "cite": cite, "last_cited": ""})


def render(source: str, *, cite: Cite | None = None, draw: Draw | None = None, **env: Any) -> Markup:
    """A whole short text (a question's prompt, feedback, a note)."""
    whole: dict[str, Any] = {**env, "cite": cite, "draw": draw}
    tokens = _parser.parse(source, whole)
    return _html(tokens, whole)


_parser: Final = _make_parser()
