"""HTML and plain text of other systems into our Markdown. What Markdown cannot say is refused or noted."""

import re
from collections.abc import Callable, Iterable
from functools import partial
from html import escape as as_html
from typing import Final

from lxml import etree, html

from app.core import markdown
from app.core.messages import N_, Message
from app.quizzes.interchange import formulas
from app.quizzes.interchange.model import MAX_TEXT, CannotTake
from app.quizzes.interchange.safe_xml import MAX_DEPTH, name_of, text_of

#: Keeps a picture and returns its ``media:`` address, or raises CannotTake.
KeepPicture = Callable[[str], str]

_REFUSED: Final = frozenset(
    (
        *("applet", "audio", "button", "embed", "form", "frame", "iframe", "input", "object"),
        *("script", "select", "svg", "textarea", "video"),
    )
)
_IGNORED: Final = frozenset({"style", "head", "title", "meta", "link", "colgroup"})
_BLOCKS: Final = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol"),
        *("p", "pre", "section", "table", "ul"),
    )
)
_HEADINGS: Final = {f"h{level}": "#" * max(level, 3) for level in range(1, 7)}
_RAISED: Final = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED: Final = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&~|{}!#$]")
_LIST_NUMBER: Final = re.compile(r"^(\d{1,9})(?=[.)])", re.MULTILINE)
_LIST_MARK: Final = re.compile(r"^(?=[-+=:])", re.MULTILINE)
_BLOCK_EDGE: Final = re.compile(
    r"\s*(</?(?:aside|blockquote|br|dd|div|dl|dt|figcaption|figure|h[2-6]|hr|li|ol|p|pre|table|tbody|td|th|thead|tr|ul)"
    r"(?:\s[^>]*)?>)\s*"
)


class Converter:
    """Converts the texts of one item; ``notes`` gather what was changed."""

    def __init__(self, keep_picture: KeepPicture, notes: list[Message], *, delimited: bool = False) -> None:
        self.keep_picture = keep_picture
        self.notes = notes
        self._emphases: int | None = 0
        #: Is TeX between delimiters a formula, as pages of learning platforms show it?
        self._delimited = delimited

    # --- what formats call ---------------------------------------------------------------------------------

    def plain(self, text: str) -> str:
        """Plain text: its characters are shown as they are, its lines stay lines."""
        _check_length(text)
        blocks = re.split(r"\n\s*\n", text.strip())
        return "\n\n".join(self._checked(partial(_plain_block, block)) for block in blocks)

    def markdown(self, text: str) -> str:
        """Markdown is kept as it is; only pictures get their new address."""
        _check_length(text)
        return re.sub(
            r"(!\[[^\]\n]*\]\()\s*<?([^)\s>]+)>?",
            lambda found: found.group(1) + self._picture_address(found.group(2)),
            text.strip(),
        )

    def html(self, text: str) -> str:
        """A fragment of HTML."""
        _check_length(text)
        if not text.strip():
            return ""
        try:
            root = html.fragment_fromstring(text, create_parent="div")
        except (etree.ParserError, ValueError):
            raise CannotTake(N_("its HTML cannot be read")) from None
        before, self._delimited = self._delimited, True
        try:
            return self.element(root)
        finally:
            self._delimited = before

    def loose(self, text: str) -> str:
        """Moodle's “auto-format”: HTML where there are tags, lines otherwise."""
        if re.search(r"</?[a-zA-Z][^<>]*>|&[a-zA-Z#][a-zA-Z0-9]*;", text):
            return self.html(re.sub(r"\n(?!\s*<)", "<br>\n", text.strip()))
        return self.plain(text)

    def element(self, root: etree._Element, *, skip: Iterable[etree._Element] = ()) -> str:
        """The content of an element, without the elements in ``skip``."""
        _check_depth(root)
        found = "\n\n".join(self._flow(root, frozenset(skip))).strip()
        _check_length(found)
        return found

    # --- blocks --------------------------------------------------------------------------------------------

    def _flow(self, parent: etree._Element, skip: frozenset[etree._Element]) -> list[str]:
        """The blocks inside an element; runs of inline content become paragraphs."""
        blocks: list[str] = []
        run: list[etree._Element | str] = [parent.text or ""]

        def flush() -> None:
            if any(not isinstance(part, str) or part.strip() for part in run):
                content = list(run)
                text = self._checked(lambda escape: self._inline(content, escape))
                if text:
                    blocks.append(text)
            run.clear()

        for node in parent:
            name = name_of(node)
            if node in skip or not name or name in _IGNORED:
                pass
            elif name in _REFUSED and not _is_picture_object(node):
                raise CannotTake(N_("it contains <%(tag)s>, which questions here cannot show", tag=name))
            elif name in _BLOCKS or _holds_block(node):
                flush()
                blocks.extend(self._block(node, name, skip))
            elif name == "math" and node.get("display") == "block":
                flush()
                blocks.append(formulas.settled(formulas.of_mathml(node)))
            else:
                run.append(node)
            run.append(node.tail or "")
        flush()
        return blocks

    def _block(self, node: etree._Element, name: str, skip: frozenset[etree._Element]) -> list[str]:
        if name in _HEADINGS:
            return [f"{_HEADINGS[name]} {' '.join(text.replace(chr(10), ' ') for text in self._flow(node, skip))}"]
        if name in {"ul", "ol"}:
            return [self._list(node, name, skip)]
        if name == "blockquote":
            return ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(self._flow(node, skip)).split("\n"))]
        if name == "table":
            return [self._table(node)]
        if name == "figure":
            return [self._figure(node)]
        return [_verbatim(node, name)] if name in {"pre", "hr"} else self._flow(node, skip)

    def _list(self, node: etree._Element, name: str, skip: frozenset[etree._Element]) -> str:
        lines = []
        tight = True
        for number, item in enumerate((found for found in node if name_of(found) == "li"), start=1):
            mark = "- " if name == "ul" else f"{number}. "
            blocks = self._flow(item, skip) or [""]
            tight = tight and not any(name_of(inner) == "p" for inner in item)
            inner = ("\n" if tight else "\n\n").join(blocks).split("\n")
            rest = [f"{' ' * len(mark)}{line}".rstrip() for line in inner[1:]]
            lines.append("\n".join([mark + inner[0], *rest]))
        return ("\n" if tight else "\n\n").join(lines)

    def _table(self, node: etree._Element) -> str:
        rows = [
            [cell for cell in row if name_of(cell) in {"td", "th"}] for row in node.iter() if name_of(row) == "tr"
        ]
        spans = any(
            cell.get("colspan", "1") != "1" or cell.get("rowspan", "1") != "1" for row in rows for cell in row
        )
        if not rows or spans or len({len(row) for row in rows}) != 1:
            raise CannotTake(N_("it contains a table with merged or missing cells"))
        cells = [[" ".join(self._flow(cell, frozenset())) for cell in row] for row in rows]
        if any("\n" in cell for row in cells for cell in row):
            raise CannotTake(N_("it contains a table with several paragraphs in a cell"))
        cells = [[re.sub(r"(?<!\\)\|", r"\\|", cell) for cell in row] for row in cells]
        marks = [_ALIGNMENT.get(_alignment(cell), "---") for cell in rows[0]]
        lines = [f"| {' | '.join(row)} |" for row in cells]
        return "\n".join([lines[0], f"| {' | '.join(marks)} |", *lines[1:]])

    def _figure(self, node: etree._Element) -> str:
        picture = next((found for found in node.iter() if name_of(found) in {"img", "object"}), None)
        if picture is None:
            return "\n\n".join(self._flow(node, frozenset()))
        caption = next((found for found in node.iter() if name_of(found) == "figcaption"), None)
        return self._picture(picture, " ".join(text_of(caption).split()))

    # --- inline --------------------------------------------------------------------------------------------

    def _checked(self, write: Callable[[bool], str]) -> str:
        """Inline content written without escapes where that reads the same, otherwise with them."""
        self._emphases = 0
        escaped = write(True).strip()
        if self._emphases and len(re.findall("<(?:strong|em)>", markdown.render(escaped))) != self._emphases:
            self._note(N_("Emphasis that Markdown cannot express at that place was left out."))
            self._emphases = None
            escaped = write(True).strip()
        natural = write(False).strip()
        same = natural == escaped or markdown.render(natural) == markdown.render(escaped)
        self._emphases = 0
        return natural if same else escaped

    def _inline(self, parts: Iterable[etree._Element | str], escape: bool) -> str:
        text = "".join(
            self._text(part, escape) if isinstance(part, str) else self._span(part, escape) for part in parts
        )
        text = re.sub(r" *\\\n *", "\\\\\n", formulas.settled(text))
        text = re.sub(r"(\\\n)+$", "", text.strip())
        return _escape_starts(text) if escape else text

    def _text(self, text: str, escape: bool) -> str:
        text = re.sub(r"[ \t\r\n\f\v]+", " ", text)
        cut = formulas.pieces(text) if self._delimited else [(text, "")]
        return "".join(f"{_escape(words) if escape else words}{formula}" for words, formula in cut)

    def _inner(self, node: etree._Element, escape: bool) -> str:
        parts: list[etree._Element | str] = [node.text or ""]
        for inner in node:
            parts += [inner, inner.tail or ""]
        return "".join(self._text(p, escape) if isinstance(p, str) else self._span(p, escape) for p in parts)

    def _span(self, node: etree._Element, escape: bool) -> str:  # noqa: PLR0911 - one line for each element
        name = name_of(node)
        if not name or name in _IGNORED:
            return ""
        if name in {"img", "object"} and (name == "img" or _is_picture_object(node)):
            return self._picture(node)
        if name in _REFUSED:
            raise CannotTake(N_("it contains <%(tag)s>, which questions here cannot show", tag=name))
        if name == "br":
            return "\\\n"
        if name in {"math", "code"}:
            return _code(node) if name == "code" else formulas.of_mathml(node)
        inner = self._inner(node, escape)
        if name in {"b", "strong"}:
            return self._emphasised(inner, "**")
        if name in {"i", "em"}:
            return self._emphasised(inner, "*")
        if name == "a" and re.match(r"(https?://|mailto:)[^\s<>()]+$", node.get("href", "")):
            return f"[{inner}]({node.get('href')})"
        if name in {"sup", "sub"}:
            return self._raised(inner, name)
        return _bracketed(node, inner) if name == "rt" else inner

    def _emphasised(self, inner: str, mark: str) -> str:
        """Emphasis around the words, not around the spaces beside them."""
        words = inner.strip()
        if not words or self._emphases is None:
            return inner
        self._emphases += 1
        before, after = inner[: len(inner) - len(inner.lstrip())], inner[len(inner.rstrip()) :]
        return f"{before}{mark}{words}{mark}{after}"

    def _raised(self, inner: str, name: str) -> str:
        table = _RAISED if name == "sup" else _LOWERED
        if inner and all(ord(character) in table for character in inner):
            return inner.translate(table)
        self._note(N_("Raised or lowered text (“%(text)s”) is written on the line.", text=inner))
        return inner

    def _picture(self, node: etree._Element, caption: str = "") -> str:
        address = self._picture_address(node.get("src") or node.get("data") or "")
        alternative = " ".join((node.get("alt") or text_of(node)).split())
        if not alternative:
            self._note(N_("A picture has no description; add one for people who cannot see it."))
        title = ' "{}"'.format(caption.replace("\\", "\\\\").replace('"', '\\"')) if caption else ""
        return f"![{_escape(alternative)}]({address}{title})"

    def _picture_address(self, address: str) -> str:
        return self.keep_picture(address)

    def _note(self, note: Message) -> None:
        if note not in self.notes:
            self.notes.append(note)


_ALIGNMENT: Final = {"left": ":--", "center": ":-:", "right": "--:"}


def _alignment(cell: etree._Element) -> str:
    found = re.search(r"align-(left|center|right)|text-align:\s*(left|center|right)", _style(cell))
    return next(filter(None, found.groups()), "") if found else cell.get("align", "")


def _style(cell: etree._Element) -> str:
    return f"{cell.get('class', '')} {cell.get('style', '')}"


def _plain_block(text: str, escape: bool) -> str:
    lines = [" ".join(line.split()) for line in text.strip().split("\n")]
    written = [_escape(line) if escape else line for line in lines if line]
    if escape:
        written = [_escape_starts(line) for line in written]
    return "\\\n".join(written)


def _escape(text: str) -> str:
    """Every character that Markdown could take for a mark, escaped; citations stay citations."""
    pieces = []
    position = 0
    for citation in markdown.CITATION.finditer(text):
        pieces += [_SPECIAL.sub(r"\\\g<0>", text[position : citation.start()]), citation.group(0)]
        position = citation.end()
    pieces.append(_SPECIAL.sub(r"\\\g<0>", text[position:]))
    return "".join(pieces)


def _verbatim(node: etree._Element, name: str) -> str:
    if name == "hr":
        return "---"
    fence = "`" * max(3, max(map(len, re.findall("`+", text_of(node))), default=0) + 1)
    return f"{fence}\n{text_of(node).strip(chr(10))}\n{fence}"


def _escape_starts(text: str) -> str:
    """Beginnings of lines that Markdown could take for lists, headings or containers, escaped."""
    return _LIST_MARK.sub(r"\\", _LIST_NUMBER.sub(r"\1\\", text))


def _code(node: etree._Element) -> str:
    text = text_of(node)
    if "formula-fault" in node.get("class", "") and re.fullmatch(r"\$.*\$", text, re.DOTALL):
        return " ".join(text.split())
    mark = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith(("`", " ")) or text.endswith(("`", " ")) else ""
    return f"{mark}{pad}{text}{pad}{mark}" if text.strip() else text


def _is_picture_object(node: etree._Element) -> bool:
    return name_of(node) == "object" and node.get("type", "").startswith("image/")


def _holds_block(node: etree._Element) -> bool:
    return any(name_of(inner) in _BLOCKS for inner in node.iter() if inner is not node)


def _bracketed(reading: etree._Element, text: str) -> str:
    """How a word is read, which stands above it elsewhere: in brackets, unless the file has its own around it."""
    return text if any(name_of(beside) == "rp" for beside in reading.itersiblings()) else f"（{text}）"


def _check_length(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise CannotTake(N_("a text in it is longer than %(number)s characters", number=MAX_TEXT))


def _check_depth(root: etree._Element) -> None:
    depth = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise CannotTake(N_("its text is nested too deeply"))


def literal(text: str) -> str:
    """Plain words as Markdown that shows each of their characters, spaces at the ends too."""
    written = _escape_starts(_escape(text))
    return written.replace("\\{", "&#123;").replace("\\<", "&lt;")


def inline_html(text: str) -> str:
    """Markdown as HTML inside a line: emphasis and code stay, blocks become words one after another."""
    shown = str(markdown.render(text)).strip()
    if shown.count("<p>") == 1 and shown.startswith("<p>") and shown.endswith("</p>"):
        return shown[3:-4]
    return as_html(" ".join(text_of(html.fragment_fromstring(shown or "<p></p>", create_parent="div")).split()))


def reads(text: str) -> str:
    """How a Markdown text is shown, pictures by address: texts that read the same have the same result."""
    shown = markdown.render(text, draw=lambda address: markdown.FigureFile(f"/{address}"))
    return _BLOCK_EDGE.sub(r"\1", re.sub(r"\s+", " ", shown)).strip()
