"""Formulas: which dollars are theirs, what becomes of them on a page, and where a fault in one lies."""

import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from app.config import PROJECT
from app.core import formulas, markdown
from app.core.formula_speech import spoken
from app.core.plain_text import plain_text
from tests.core.test_markdown import assert_harmless
from tests.support.wording import in_chinese

pytestmark = pytest.mark.no_database


def found(source: str) -> list[str]:
    return [formula.tex for formula in markdown.parse(source).formulas]


@pytest.mark.parametrize(
    "source",
    [
        "$100 … $200",
        "价格$100至$200。",
        "from US$5 to US$6, or A$7/NZ$8",
        "每件$5元，另加$6元",
        "between $5 and 10$",
        "单价$100，以US$计",
        "a \\$x\\$ b",
        "$ x $",
        "the $n$th",
        "`$x$`",
        "```\n$$x$$\n```",
        "paid $5\n\nand 6$",
        "$$",
        "$",
    ],
)
def test_prices_and_other_dollars_stay_as_they_are(source: str) -> None:
    assert found(source) == []
    assert "<math" not in markdown.render(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a $x$ b", ["x"]),
        ("损失为$L_t$元，单价$100，数量（$q$）。", ["L_t", "q"]),
        ("$2x$, $3 \\times 4$ and $0.05$ of $1000", ["2x", "3 \\times 4", "0.05"]),
        ("$a_1$_b_$c_2$", ["a_1", "c_2"]),
        ("$5\\text{ and }6$", ["5\\text{ and }6"]),
        ("$\\$5 \\times n$", ["\\$5 \\times n"]),
        ("as $$x$$ here", ["x"]),
        ("$$\nx\n+ y\n$$", ["x\n+ y"]),
        ("> $$\n> x\n> $$\n\n- $y$\n\n| $z$ |\n|---|", ["x", "y", "z"]),
        ("[^1] **$a$** [$b$](https://example.org)\n\n[^1]: $c$", ["a", "b", "c"]),
    ],
)
def test_formulas_are_found_wherever_text_stands(source: str, expected: list[str]) -> None:
    assert found(source) == expected
    assert markdown.render(source).count("<math") == len(expected)


def test_a_formula_is_mathml_with_its_tex_and_nothing_else() -> None:
    inline = markdown.render("$n \\ge \\frac{z^2\\,p}{e^2}$")
    assert inline.startswith('<p><span class="formula"><math alttext="n \\ge \\frac{z^2\\,p}{e^2}">')
    assert "<mfrac><mrow><msup><mi>z</mi><mn>2</mn></msup>" in inline
    displayed = markdown.render("$$\nx < y\n$$")
    assert displayed.startswith('<div class="formula formula-display" tabindex="0"><math display="block"')
    cases = markdown.render("$$\\begin{cases} a & \\text{若 } x>0 \\\\ b & \\textbf{其余}\\end{cases}$$")
    assert " style=" not in cases
    assert (
        '<mtd columnalign="left" class="close-right apart-left"><mtext mathvariant="bold">其余</mtext></mtd>'
        in cases
    )
    assert "<mtext>" not in markdown.render("$$\\begin{align*}a&=b\\\\c&=d\\end{align*}$$")


def test_where_only_words_can_stand_a_formula_is_its_tex() -> None:
    shown = markdown.render("若 $a < b$ 则 *乘以* $\\frac{1}{2}$")
    assert html.fromstring(formulas.as_tex(shown)).text_content() == "若 a < b 则 乘以 \\frac{1}{2}"
    section = markdown.parse("## T {#t}\n\n其中 $n$ 为容量。\n\n$$\nn\n= 2\n$$").sections[0]
    assert plain_text(section) == "其中 $n$ 为容量。 $n = 2$"


@pytest.mark.parametrize(
    ("tex", "wrong", "offset"),
    [
        ("\\frac{1}{", "Expected closing token", 9),
        ("a + \\foo x", 'Unknown command "\\foo"', 4),
        ("损失 \\foo", 'Unknown command "\\foo"', 3),
        ("x^", "Expected argument", 2),
        ("a & b", 'Found "&"', 2),
        ("\\begin{align}a\\end{align}", "numbers its lines", 0),
        ("\\color{red}{x}", "uses colour", 0),
        ("\\boxed{x}", "menclose", 0),
        ("\\begin{array}{c|c}a&b\\end{array}", "draws lines", 0),
        ("\\hspace{1000em}x", "width 1000em", 0),
        ("\\href{javascript:alert(1)}{x}", "Unknown command", 0),
        ("\\def\\a{\\a\\a}\\a", "Too many expansions", 0),
        ("\\sqrt{" * 60 + "x" + "}" * 60, "nested", 0),
        ("\\sqrt{" * 280 + "x" + "}" * 280, "nested", 0),
        ("x" * 2001, "longer than 2000", 0),
        ("% nothing", "empty", 0),
    ],
)
def test_what_cannot_be_shown_says_why_and_where_and_stays_readable(tex: str, wrong: str, offset: int) -> None:
    fault = formulas.fault_in(tex)
    assert fault is not None
    assert wrong in str(fault.wrong)
    assert in_chinese(fault.wrong)
    assert in_chinese(fault.mend)
    if offset:
        assert fault.offset == offset
    shown = markdown.render(f"$${tex}$$")
    assert '<code class="formula-fault">' in shown
    assert "<math" not in shown


def test_places_are_found_on_whatever_line_a_formula_begins_and_at_once() -> None:
    document = markdown.parse("x $$\n  \\foo\n$$ and $$ b$$ $$\nc$$\n\n$$\n\\bar\n$$\n")
    assert [(one.tex, one.line, one.column) for one in document.formulas] == [
        ("\\foo", 2, 3),
        ("b", 3, 11),
        ("c", 4, 1),
        ("\\bar", 7, 1),
    ]
    started = time.process_time()
    assert len(markdown.parse("$$\na\n" * 20_000).formulas) == 10_000  # took a minute and more
    assert time.process_time() - started < 20


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="\\{}^_&$<>\"'=x1 %#~损fractexsqbgindhl\n", max_size=60))
def test_nothing_active_comes_of_any_formula(tex: str) -> None:
    rendered = markdown.render(f"$${tex}$$ and $a{tex}b$")
    assert_harmless(rendered.replace("math", "b"))
    for element in html.fragment_fromstring(rendered, create_parent="div").iter():
        if element.getparent() is not None and any(one.tag == "math" for one in element.iterancestors()):
            assert element.tag in formulas.ELEMENTS
            assert set(element.attrib) <= formulas.ATTRIBUTES | {"class"}


@pytest.mark.parametrize(
    ("tex", "zh", "en"),
    [
        ("\\frac{a}{b} < 1", "b 分之 a 小于 1", "a over b is less than 1"),
        (
            "n \\ge \\frac{z^2\\,\\hat p}{e^{t}}",
            "n 大于等于 分数，分子 z的平方 p 帽，分母 e 的 t 次方，分数结束",
            "n is at least the fraction z squared p hat, over e to the power t, end of fraction",
        ),
        (
            "\\sum_{t=1}^{T} R_{t+1}",
            "从 t 等于 1 到 T 求和，R 下标 t 加 1，下标结束",
            "the sum from t equals 1 to T of R sub t plus 1, end of index",
        ),
        ("\\lim_{n\\to\\infty} a_n", "当 n 趋于 无穷 时的极限，a 下标 n", "the limit as n to infinity of a sub n"),
        (
            "\\sqrt{x+1}\\sqrt[3]{x}",
            "根号 x 加 1，根号结束，x 的 3 次方根",
            "the square root of x plus 1, end of root, the root of index 3 of x",
        ),
        ("\\binom{n}{k}", "左括号 n 中取 k 右括号", "open bracket n choose k close bracket"),
        ("\\underbrace{a}_{b}\\,\\bar x", "a（下方 b） x 拔", "a (below: b) x bar"),
        (
            "\\begin{cases}a & b\\\\c & d\\end{cases}",
            "左花括号 第 1 行 a，b；第 2 行 c，d",
            "open brace row 1: a, b; row 2: c, d",
        ),
    ],
)
def test_a_formula_is_read_out_in_words(tex: str, zh: str, en: str) -> None:
    for display in (True, False):
        shown = formulas.mathml(tex, display=display)
        assert (spoken(shown, "zh"), spoken(shown, "en")) == (zh, en)


def test_texts_without_formulas_load_no_converter() -> None:
    program = (
        "import sys; from app.core import markdown; markdown.render('costs $100 … $200, [@a 1]');"
        "assert 'math_core' not in sys.modules and 'ziamath' not in sys.modules;"
        "markdown.render('$x$'); assert 'math_core' in sys.modules and 'ziamath' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
