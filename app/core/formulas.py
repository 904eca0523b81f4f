"""Formulas in texts: ``$…$`` within a line, ``$$…$$`` on its own; TeX in, MathML Core out.

A dollar is the sign of a formula when no letter or digit stands before it and no space after it, and when the next
dollar has no space before it and no letter or digit after it. So prices stay prices: ``$100 to $200``, ``US$5``.
What begins with a digit and goes on in words (``$5 and 10$``) is no formula, and ``\\$`` is always a dollar.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING, Any, Final

from lxml import etree
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from app.core.formula_faults import FormulaFault, misread
from app.core.messages import N_

if TYPE_CHECKING:
    from math_core import LatexToMathML

LONGEST: Final = 2_000
DEEPEST: Final = 40
#: The kinds of token, and whether each is displayed on its own.
TOKENS: Final = {"math_inline": False, "math_inline_double": True, "math_block": True}

_MARKED: Final = re.compile(r"(\$\$?)((?:\\.|[^\\$])+)\1", re.DOTALL)
_WORDS_AFTER_A_DIGIT: Final = re.compile(r"\d[^\\]*(?:\s[A-Za-z]{2,}|[\u3000-\u9fff\uff00-\uffef])")
_COMMENT: Final = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_TEX: Final = re.compile(r"\$\$|\\[A-Za-z]{2}")
_ENTITY: Final = re.compile(r"&(?!amp;|lt;|gt;|quot;|#)\w+;")
#: A displayed or running formula in rendered HTML, with its TeX.
SHOWN: Final = re.compile(r'<math\b[^>]*?\balttext="([^"]*)"[^>]*>.*?</math>', re.DOTALL)

_EM: Final = re.compile(r"-?\d*\.?\d+(em)?$")
_WIDEST: Final = 10  # em
_LENGTHS: Final = frozenset(
    ("width", "height", "depth", "lspace", "rspace", "voffset", "minsize", "maxsize", "linethickness")
)
_SIMPLE: Final = frozenset(
    (
        *("accent", "accentunder", "columnspan", "display", "displaystyle", "fence", "form", "largeop"),
        *("mathvariant", "movablelimits", "scriptlevel", "separator", "stretchy", "symmetric"),
    )
)
ELEMENTS: Final = frozenset(
    (
        *("math", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow", "mspace", "msqrt"),
        *("mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover"),
    )
)
#: Those that hold as many children as one likes.
_OF_ANY_NUMBER: Final = frozenset({"math", "mrow", "msqrt", "mstyle", "mtd"})
#: Every attribute that a formula may carry on a page.
ATTRIBUTES: Final = _LENGTHS | _SIMPLE | {"alttext", "columnalign"}
#: What the styles of a cell become, since pages allow no style attributes.
CELLS: Final = {"padding-left:0": "close-left", "padding-right:0": "close-right", "padding-left:1em": "apart-left"}
_VARIANTS: Final = {"b": "bold", "i": "italic", "code": "monospace"}


# --- finding -----------------------------------------------------------------------------------------------


def _find(state: StateInline, silent: bool) -> bool:
    source, start = state.src, state.pos
    if source[start] != "$":
        return False
    found = _MARKED.match(source, start, state.posMax)
    if found is None or not _is_formula(source, found):
        return False
    if not silent:
        token = state.push("math_inline_double" if found[1] == "$$" else "math_inline", "math", 0)
        token.content, token.markup = found[2], found[1]
    state.pos = found.end()
    return True


def _is_formula(source: str, found: re.Match[str]) -> bool:
    before, after = source[max(found.start() - 1, 0) : found.start()], source[found.end() : found.end() + 1]
    if found[1] == "$$":
        return before != "$" and after != "$" and bool(found[2].strip())
    beside = (before + after).replace("\n", "")
    return (
        not any(character == "$" or (character.isascii() and character.isalnum()) for character in beside)
        and found[2] == found[2].strip()
        and not _WORDS_AFTER_A_DIGIT.match(found[2])
    )


def install(parser: MarkdownIt) -> None:
    """Let a parser find formulas, and show them."""
    parser.use(dollarmath_plugin, allow_labels=False, allow_blank_lines=False)
    parser.inline.ruler.at("math_inline", _find)
    for name in TOKENS:
        parser.renderer.rules[name] = _render  # type: ignore[attr-defined]


# --- showing -----------------------------------------------------------------------------------------------


def _render(tokens: list[Token], index: int, _options: Any, _env: Mapping[str, Any]) -> str:
    token = tokens[index]
    try:
        shown = mathml(token.content, display=TOKENS[token.type])
    except FormulaFault:
        return f'<code class="formula-fault">{escape(token.markup + token.content + token.markup)}</code>'
    if not TOKENS[token.type]:
        return f'<span class="formula">{shown}</span>'
    element = "div" if token.type == "math_block" else "span"
    end = "\n" if element == "div" else ""
    return f'<{element} class="formula formula-display" tabindex="0">{shown}</{element}>{end}'


def as_tex(html: str) -> str:
    """Rendered HTML with each formula's TeX in its place: for where only words can stand."""
    return SHOWN.sub(lambda found: escape(unescape(found[1])), html) if "<math" in html else html


def as_words(tex: str) -> str:
    """A formula in plain words, also as the browser takes it up in a note (``notes-anchor.js``)."""
    return f"${on_one_line(tex)}$"


def looks_unread(text: str) -> bool:
    """Does running text hold dollars that an author must have meant for a formula?"""
    return "$" in text and _TEX.search(text) is not None


# --- converting --------------------------------------------------------------------------------------------


def on_one_line(tex: str) -> str:
    """The same TeX without line breaks and comments."""
    return " ".join(_COMMENT.sub(r"\1", tex).split())


def fault_in(tex: str) -> FormulaFault | None:
    """What keeps a formula from being shown, if anything."""
    try:
        mathml(tex, display=True)
    except FormulaFault as fault:
        return fault
    return None


@lru_cache(maxsize=4096)
def mathml(tex: str, *, display: bool) -> str:
    """The formula as MathML, its TeX in ``alttext``. Raises FormulaFault."""
    if len(tex) > LONGEST:
        raise FormulaFault(
            N_("the formula is longer than %(number)s characters", number=LONGEST),
            N_("cut it into several formulas"),
        )
    root = _converted(tex, display)
    _tidy(root, 0)
    if len(root) == 0:
        raise FormulaFault(N_("the formula is empty"), N_("write what it shall show, or remove the dollars"))
    root.set("alttext", on_one_line(tex))
    written: str = etree.tostring(root, encoding="unicode", method="html")
    return written


def _converted(tex: str, display: bool) -> etree._Element:
    from math_core import LatexError  # noqa: PLC0415 - texts without formulas do not load it

    try:
        written = _converter().convert_with_local_state(tex.strip(), displaystyle=display)
    except LatexError as error:
        offset, _, words = str(error).partition(": ")
        begin = len(tex) - len(tex.lstrip())
        raise misread(words or offset, begin + int(offset) if offset.isdigit() else 0) from None
    plain = _ENTITY.sub(lambda found: escape(unescape(found[0])), written).replace("\ufe00", "")
    try:
        return etree.fromstring(plain, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise _too_deep() from None


@lru_cache(maxsize=1)
def _converter() -> "LatexToMathML":
    from math_core import LatexToMathML  # noqa: PLC0415 - texts without formulas do not load it

    return LatexToMathML(fancy_error=False, max_expansions=100)


def _tidy(element: etree._Element, depth: int) -> None:
    """Keep what pages may show, in attributes they allow. Raises FormulaFault for the rest."""
    if depth > DEEPEST:
        raise _too_deep()
    _take_style(element)
    for name, value in element.attrib.items():
        _check_attribute(str(name), str(value))
    for child in list(element):
        if child.tag in _VARIANTS and element.tag == "mtext":
            element.set("mathvariant", _VARIANTS[str(child.tag)])
            element.text = "".join(element.itertext())
            del element[:]
        elif child.tag not in ELEMENTS:
            raise FormulaFault(
                N_("the formula holds a %(tag)s, which not every browser shows", tag=child.tag), _OTHERWISE
            )
        elif child.tag == "mspace" and "width" not in child.attrib and element.tag in _OF_ANY_NUMBER:
            element.remove(child)
        elif child.tag == "mtd" and "50%" in child.get("style", ""):
            _drop_filling(element, child)
        else:
            _tidy(child, depth + 1)


def _too_deep() -> FormulaFault:
    return FormulaFault(
        N_("the formula is nested more than %(number)s deep", number=DEEPEST),
        N_("name a part of it and define it apart"),
    )


_OTHERWISE: Final = N_("write it otherwise; docs/content-format.md says what is understood")


def _drop_filling(row: etree._Element, cell: etree._Element) -> None:
    """Numbered environments fill a line with empty cells, and put the number into the last."""
    if len(cell):
        raise FormulaFault(N_("the formula numbers its lines"), N_("write aligned for align, gathered for gather"))
    row.remove(cell)


def _take_style(element: etree._Element) -> None:
    """What the converter says by style, in attributes and classes."""
    style = element.attrib.pop("style", "")
    if not style or element.tag == "mtable":
        return
    classes = []
    for rule in filter(None, str(style).replace(" ", "").split(";")):
        name, _, value = rule.partition(":")
        if element.tag == "mtd" and name == "text-align":
            element.set("columnalign", value)
        elif element.tag == "mtd" and rule in CELLS:
            classes.append(CELLS[rule])
        elif name == "color":
            raise FormulaFault(
                N_("the formula uses colour"), N_("leave it black: colour is seen by some readers only")
            )
        elif name != "justify-items" and element.tag != "mspace":
            raise FormulaFault(N_("the formula draws lines or styles that pages cannot show"), _OTHERWISE)
    if classes:
        element.set("class", " ".join(classes))


def _check_attribute(name: str, value: str) -> None:
    if name in _LENGTHS and _EM.match(value) and abs(float(value.removesuffix("em"))) <= _WIDEST:
        return
    if name not in _SIMPLE and name not in {"class", "columnalign"}:
        raise FormulaFault(
            N_("the formula asks for %(name)s %(value)s, which pages do not allow", name=name, value=value),
            _OTHERWISE,
        )
