"""Formulas in other systems' texts: MathML that says its TeX, and TeX between the delimiters that Moodle knows."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from app.core import formulas, markdown
from app.core.messages import N_
from app.quizzes.interchange.model import CannotTake
from app.quizzes.interchange.safe_xml import name_of, text_of

MATHML: Final = "{http://www.w3.org/1998/Math/MathML}"
#: Stands beside a formula until it is known what stands there; no XML has it.
EDGE: Final = "\0"
_DELIMITED: Final = re.compile(
    r"\\\((.+?)\\\)|\[mathjaxinline\](.+?)\[/mathjaxinline\]"
    r"|\\\[(.+?)\\\]|\$\$([^$]+?)\$\$|\[mathjax\](.+?)\[/mathjax\]",
    re.DOTALL,
)
_APART: Final = re.compile(rf"(?<=[A-Za-z0-9$]){EDGE}(?=\$)|(?<=\$){EDGE}(?=[A-Za-z0-9$])")


def of_mathml(node: etree._Element) -> str:
    """The formula in Markdown. Raises CannotTake without TeX that can be shown here."""
    found = marked(_tex_of(node), display=node.get("display") == "block")
    if not found:
        raise CannotTake(N_("it contains a formula that cannot be shown here"))
    return found


def can_take(node: etree._Element) -> bool:
    """Does MathML say TeX that can be shown here?"""
    return bool(marked(_tex_of(node), display=False))


def _tex_of(node: etree._Element) -> str:
    notes = (one for one in node.iter() if name_of(one) == "annotation")
    noted = next((text_of(one) for one in notes if "tex" in one.get("encoding", "").lower()), "")
    return noted or str(node.get("alttext", ""))


def marked(tex: str, *, display: bool) -> str:
    """TeX with our dollars; empty when pages could not show it."""
    tex = formulas.on_one_line(tex)
    dollars = "$$" if display else "$"
    whole = f"{dollars}{tex}{dollars}"
    known = [formula.tex for formula in markdown.parse(whole).formulas] == [tex]
    return f"{EDGE}{whole}{EDGE}" if known and not formulas.fault_in(tex) else ""


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """A text cut at its delimited formulas: what is said, and the formula after it (or nothing)."""
    at = 0
    for found in _DELIMITED.finditer(text):
        tex = next(filter(None, found.groups()))
        inline = found[0].startswith((r"\(", "[mathjaxinline]"))
        if formula := marked(tex, display=not inline):
            yield text[at : found.start()], formula
            at = found.end()
    yield text[at:], ""


def settled(text: str) -> str:
    """The same with a space where a letter, digit or dollar would keep a formula from being one."""
    return _APART.sub(" ", text).replace(EDGE, "") if EDGE in text else text


def as_mathml(wrapper: etree._Element) -> etree._Element:
    """What a page shows (a ``math`` element in its box) as MathML for other systems."""
    return _named(wrapper[0], wrapper.tail)


def _named(element: etree._Element, tail: str | None) -> etree._Element:
    kept = {str(name): str(value) for name, value in element.attrib.items() if name != "class"}
    copied = etree.Element(f"{MATHML}{name_of(element)}", kept, nsmap={None: MATHML.strip("{}")})
    copied.text, copied.tail = element.text, tail
    copied.extend(_named(inner, inner.tail) for inner in element)
    return copied
