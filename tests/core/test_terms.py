"""Glossary terms in a text: the first occurrence, the longest term, nowhere that is not running text."""

from lxml import html

from app.core import markdown
from app.core.terms import Glossary

TERMS = Glossary(
    [
        ("discovery", "证据开示"),
        ("evidence", "证据"),
        ("s337", "337调查"),
        ("order", "exclusion order"),
        ("general-order", "general exclusion order"),
        ("opposition", "opposition (trademark)"),
    ],
    lambda key: f"/library/glossary#{key}",
)


def marked(source: str) -> list[tuple[str, str]]:
    """(key, words) of each link, of a text of one section."""
    document = markdown.parse("## A term 证据 {#a}\n\n" + source)
    seen: set[str] = set()
    blocks = markdown.render_section(
        document,
        document.sections[0],
        cite=lambda citation, _again: markdown.CitationLink(f"证据 {citation.key}", "证据", "/library/x"),
        draw=lambda _source: None,
        mark=lambda tokens: TERMS.mark(tokens, seen),
    )
    text = "".join(block.html for block in blocks if isinstance(block, markdown.Html))
    plain = html.fragment_fromstring(text, create_parent="div")
    for link in plain.cssselect("a.term"):
        assert link.get("href") == f"/library/glossary#{link.get('data-term')}"
        assert not link.cssselect("a a")
    return [(str(link.get("data-term")), link.text_content()) for link in plain.cssselect("a.term")]


def test_the_first_occurrence_of_each_term_is_marked_and_the_longest_counts() -> None:
    assert marked("在337调查中，证据开示与证据不同。337调查、证据。") == [
        ("s337", "337调查"),
        ("discovery", "证据开示"),
        ("evidence", "证据"),
    ]
    assert marked("General exclusion orders differ from an *exclusion order*; exclusion orders.") == [
        ("general-order", "General exclusion orders"),
        ("order", "exclusion order"),
    ]


def test_nothing_is_marked_in_headings_links_citations_and_code() -> None:
    assert marked("### 证据 {#b}\n\n`证据` [证据](https://e.org) [@us-x 证据]\n\n```\n证据\n```\n") == []
    assert marked("- 列表\n- **证据**\n\n| 甲 |\n| --- |\n| 证据开示 |\n") == [
        ("evidence", "证据"),
        ("discovery", "证据开示"),
    ]


def test_latin_terms_end_at_the_border_of_a_word_and_others_need_none() -> None:
    assert marked("A 1337调查, preexclusion orderly, opposition of trademarks.") == []
    assert marked("Opposition (trademark) 和337调查组") == [
        ("opposition", "Opposition (trademark)"),
        ("s337", "337调查"),
    ]


def test_a_text_is_unchanged_but_for_its_links() -> None:
    source = "A <b> & “quoted” 证据 line\nbroken  \nhard exclusion order."
    document = markdown.parse("## T {#t}\n\n" + source)

    def words(seen: set[str] | None) -> str:
        blocks = markdown.render_section(
            document,
            document.sections[0],
            cite=lambda *_: None,
            draw=lambda _: None,
            mark=None if seen is None else lambda tokens: TERMS.mark(tokens, seen),
        )
        text = "".join(block.html for block in blocks if isinstance(block, markdown.Html))
        return html.fragment_fromstring(text, create_parent="div").text_content()

    assert words(None) == words(set())
