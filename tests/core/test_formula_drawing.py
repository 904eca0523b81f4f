"""Formulas on paper: each a picture that says its TeX, on the line of the text around it."""

import pytest
from lxml import etree, html

from app.core import formulas, markdown
from app.core.formula_drawing import draw, drawn

pytestmark = pytest.mark.no_database


def test_a_drawing_has_every_character_and_sits_on_the_line() -> None:
    fraction, letter = (draw(formulas.mathml(tex, display=False)) for tex in ("\\frac{a}{b}", "a"))
    assert fraction.depth > letter.depth > 0
    hanzi = etree.fromstring(draw(formulas.mathml("损", display=True)).svg)
    assert len("".join(str(path.get("d")) for path in hanzi.iter("{*}path"))) > 200  # strokes, not an empty box
    text = markdown.render("$x < 1$，$$\\text{若 } y$$")
    page = f'<html lang="zh-CN">{text}</html>'
    assert [image.get("alt") for image in html.fromstring(drawn(page)[0]).iter("img")] == ["x 小于 1", "若 y"]
    shown, drawings = drawn('<p>no formula, <a href="/x">$100</a></p>')
    assert (shown, drawings) == ('<p>no formula, <a href="/x">$100</a></p>', {})


@pytest.mark.parametrize(
    "tex", ["x^{\\!}y", "\\begin{cases}a & b\\end{cases}", "\\hat p \\mathcal{L}", "\\text{a  b}-"]
)
def test_what_pages_show_can_be_drawn(tex: str) -> None:
    for display in (False, True):
        shown, drawings = drawn(f"<p>{formulas.mathml(tex, display=display)}</p>")
        (picture,) = html.fromstring(shown).iter("img")
        assert picture.get("src") in drawings
        assert ("vertical-align" in str(picture.get("style"))) is not display
