"""Our Markdown: what authors can write, and that nothing active ever reaches a page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from app.core import markdown
from app.core.markdown import CitationLink, FigureFile, QuestionSlot

pytestmark = pytest.mark.no_database

ACTIVE = {"script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "link", "meta", "base"}


def cite(citation: markdown.Citation, again: bool) -> CitationLink:
    pin = f" {citation.pin}" if citation.pin else ""
    return CitationLink(
        f"{'' if again else citation.key}{pin}", citation.key, f"/library/{citation.key}", "?", "why"
    )


def assert_harmless(rendered: str) -> None:
    if not rendered.strip():
        return
    for element in html.fragment_fromstring(rendered, create_parent="div").iter():
        assert element.tag not in ACTIVE
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            assert name != "style"
            if name in {"href", "src"}:
                assert not str(value).strip().lower().startswith(("javascript:", "data:", "vbscript:"))


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "text <img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&#58;alert(1))",
        "![x](javascript:alert(1))",
        '[x](https://e.org "\\" onclick=alert(1) \\"")',
        "[@us-x <script>alert(1)</script>]",
        '[@us-x "onmouseover=alert(1)]',
        "::: note <script>alert(1)</script>\nx\n:::",
        "## <svg onload=alert(1)> {#a}",
        "| <b onclick=x> |\n|---|\n| <style>*{}</style> |",
        "[^1]\n\n[^1]: <iframe src=//e.org></iframe>",
        "<data:text/html;base64,PHNjcmlwdD4=>",
    ],
)
def test_nothing_active_is_rendered(source: str) -> None:
    assert_harmless(markdown.render(source, cite=cite))


@given(st.text(alphabet="<>\"'=[]()@?!{}#:/&;ajvscriptonlx \n`|-", max_size=80))
def test_nothing_active_is_rendered_of_any_text(source: str) -> None:
    assert_harmless(markdown.render(source, cite=cite, draw=FigureFile))
    markdown.parse(source)


def test_citations_become_links_and_name_the_instrument_once_in_a_row() -> None:
    text = markdown.render("A [@us-x 1]. B [@us-x 2]. C [?@cn-y].", cite=cite)
    links = html.fragment_fromstring(text, create_parent="div").cssselect("a.cite")
    assert [link.text for link in links] == ["us-x 1", " 2", "cn-y"]
    assert text.count("cite-unreviewed") == 1


def test_the_parts_of_a_document() -> None:
    document = markdown.parse(
        "## One {#one}\n\nText [@us-x (a)(1)] and [?@us-x].\n\n::: question q1\n:::\n\nMore.\n\n"
        '## Two {#two}\n\n![alt](../figures/a.svg "caption")\n'
    )
    assert [section.key for section in document.sections] == ["one", "two"]
    assert [(item.pin, item.reviewed, item.line, item.column) for item in document.citations] == [
        ("(a)(1)", True, 3, 6),
        ("", False, 3, 25),
    ]
    blocks = markdown.render_section(document, document.sections[0], cite=cite, draw=lambda _path: None)
    assert [isinstance(block, QuestionSlot) for block in blocks] == [False, True, False]
    figure = markdown.render_section(
        document, document.sections[1], cite=cite, draw=lambda path: FigureFile(f"/f/{path[-5:]}", 10, 20)
    )
    assert '<img src="/f/a.svg" alt="alt" width="10" height="20"' in str(figure[0])
    assert "<figcaption>caption</figcaption>" in str(figure[0])


def test_table_alignment_is_a_class() -> None:
    text = markdown.render("| a | b |\n|:--|--:|\n| 1 | 2 |")
    assert '<td class="align-right">2</td>' in text
    assert "style=" not in text


def test_footnotes_are_rendered_apart() -> None:
    document = markdown.parse("## A {#a}\n\nText[^n].\n\n[^n]: Note [@us-x 3].\n")
    body = markdown.render_section(document, document.sections[0], cite=cite, draw=lambda _path: None)
    assert "Note" not in str(body)
    assert "us-x 3" in markdown.render_footnotes(document, cite=cite)
