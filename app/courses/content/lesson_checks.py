"""Faults of lessons: headings, citations, figures, questions in the flow, and the two languages side by side."""

import re
from collections import Counter

from app.core import formulas, markdown
from app.core.markdown import CALLOUTS, MEDIA, Citation, Document, Figure, Formula, Section, Spot
from app.courses.content.faults import Report, nearest
from app.courses.content.media_checks import placed_faults
from app.courses.content.tree import Content, CourseTree, LessonText, ModuleTree
from app.courses.rules import figure_name

#: What a section without a text consists of.
HEADING_TOKENS = frozenset({"heading_open", "inline", "heading_close"})
_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")

#: Of dollars in running text that look like those of a formula: what is wrong, and the mend.
UNREAD_FORMULA = (
    "this looks like a formula, but is not read as one",
    "write $x$ without spaces inside the dollars and without letters or digits beside them, or \\$ for a dollar",
)

#: What an export (or git) writes around two versions of the same lines.
_MARKS = ("<<<<<<< ", ">>>>>>> ")


def citation_fault(citation: Citation, content: Content) -> tuple[str, str] | None:
    """What is wrong with a citation, or None."""
    if citation.key not in content.instruments:
        wrong = (
            f"nothing under content/library is called `{citation.key}`{nearest(citation.key, content.instruments)}"
        )
        return wrong, f"correct the id, or add library/<jurisdiction>/{citation.key}.yaml"
    if citation.pin and content.instruments[citation.key].pin is None:
        return (
            f"`{citation.key}` has no pattern for pinpoints",
            f"add `pin: {{zh: …{{}}…, en: …{{}}…}}` to the instrument, or leave `{citation.pin}` out",
        )
    return None


class _Faults:
    """Reports faults of one text."""

    def __init__(self, report: Report, text: LessonText) -> None:
        self.report = report
        self.path = text.path

    def at(self, place: Spot | Figure | Citation, wrong: str, mend: str) -> None:
        self.report.add(self.path, place.line, place.column, wrong, mend)

    def line(self, line: int, wrong: str, mend: str, column: int = 1) -> None:
        self.report.add(self.path, line, column, wrong, mend)


def check_text(content: Content, course: CourseTree, module: ModuleTree, text: LessonText, report: Report) -> None:
    """Everything that one text shows by itself."""
    document, faults = text.document, _Faults(report, text)
    if not document.sections:
        faults.line(1, "the lesson has no section", "begin with `## Heading {#id}`")
    elif document.opening.tokens:
        faults.line(1, "text stands before the first section", "begin with `## Heading {#id}`")
    _check_marks(text.source, faults)
    seen: set[str] = set()
    for section in document.sections:
        _check_section(section, seen, faults)
        seen.add(section.key)
    for citation in document.citations:
        if words := citation_fault(citation, content):
            faults.at(citation, *words)
    for figure in document.figures:
        _check_figure(figure, course, faults)
    _check_formulas(document, text.source, faults)
    _check_media(text, course, faults)
    for spot in document.html:
        faults.at(spot, f"HTML `{spot.text[:40]}` stands in the text", "write Markdown instead")
    for spot in document.unknown_callouts:
        known = ", ".join((*CALLOUTS, "question", *MEDIA))
        faults.at(spot, f"`{spot.text}` is not a kind of block", f"write one of {known}")
    _check_placed_questions(document, [question.id for question in module.checks()], faults)


def _check_media(text: LessonText, course: CourseTree, faults: _Faults) -> None:
    language = text.path.stem.rpartition(".")[2]
    for placed in (placed for section in text.document.sections for placed in section.media):
        for wrong, mend in placed_faults(placed, course.media, language):
            faults.line(placed.line, wrong, mend, placed.column)


def _check_marks(source: str, faults: _Faults) -> None:
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith(_MARKS):
            faults.line(number, "the mark of an unfinished merge stands in the text", "bring both sides together")


def _check_formulas(document: Document, source: str, faults: _Faults) -> None:
    for formula in document.formulas:
        _check_formula(formula, source, faults)
    for spot in document.stray_dollars:
        faults.at(spot, *UNREAD_FORMULA)
    for section in document.sections:
        if "$" in section.title and markdown.parse(section.title).formulas:
            faults.line(section.line, "a formula stands in a section's heading", "write it into the text below")


def _check_formula(formula: Formula, source: str, faults: _Faults) -> None:
    fault = formulas.fault_in(formula.tex)
    if fault is None:
        return
    before = formula.tex[: fault.offset]
    line, column = formula.line, formula.column + len(before)
    if "\n" in before:
        line += before.count("\n")
        begin = formula.tex.splitlines()[before.count("\n")].strip()
        inside = before.rpartition("\n")[2]
        column = source.splitlines()[line - 1].find(begin) + 1 + len(inside.lstrip())
    faults.at(Spot(formula.tex, line, column), fault.wrong, fault.mend)


def _check_placed_questions(document: Document, checks: list[str], faults: _Faults) -> None:
    seen: set[str] = set()
    for spot in document.nested_questions:
        faults.line(
            spot.line, f"the question `{spot.text}` stands inside another block", "place it between paragraphs"
        )
    for spot in document.questions:
        if spot.text not in checks:
            faults.at(
                spot,
                f"the module has no check question `{spot.text}`{nearest(spot.text, checks)}",
                "write the id of a question with `use: check` in questions.yaml",
            )
        if spot.text in seen:
            faults.at(spot, f"the question `{spot.text}` is placed twice", "place each question once")
        seen.add(spot.text)


def _check_section(section: Section, seen: set[str], faults: _Faults) -> None:
    line, key = section.line, section.key
    heading = f"the section “{section.title[:30]}”"
    if not key:
        faults.line(line, f"{heading} has no id", "end the heading with {#an-id}, the same in both languages")
    elif not _KEY.match(key):
        faults.line(line, f"the section id `{key}` is not kebab-case", "write such as {#who-may-complain}")
    elif key in seen:
        faults.line(line, f"the section id `{key}` is used twice", "give each section an id of its own")
    if all(token.type in HEADING_TOKENS for token in section.tokens):
        faults.line(line, f"{heading} is empty", "write its text, or remove the heading")


def _check_figure(figure: Figure, course: CourseTree, faults: _Faults) -> None:
    if not figure.alternative.strip():
        faults.at(figure, "the figure has no alternative text", "write what it shows: ![text](…)")
    if not figure.caption.strip():
        faults.at(figure, "the figure has no caption", 'add it: ![…](../figures/x.svg "caption")')
    name = figure_name(figure.source)
    if name == figure.source or "/" in name:
        faults.at(figure, f"`{figure.source}` is not a figure of the course", "write ../figures/<name>.svg")
    elif name not in course.figures:
        wrong = f"the course has no figure `{name}`{nearest(name, course.figures)}"
        faults.at(figure, wrong, f"add figures/{name}, or correct the name")


def check_texts_agree(texts: dict[str, LessonText], report: Report) -> None:
    """Both languages: the same sections in the same order, with the same citations, questions and figures."""
    zh, en = texts["zh"], texts["en"]
    faults = _Faults(report, en)
    zh_keys = [section.key for section in zh.document.sections]
    en_keys = [section.key for section in en.document.sections]
    if zh_keys != en_keys:
        line, detail = _first_difference(en, zh_keys, en_keys)
        faults.line(line, f"the sections differ from the Chinese: {detail}", "use the same ids in the same order")
        return
    for chinese, english in zip(zh.document.sections, en.document.sections, strict=True):
        _compare_section(chinese, english, faults)
    figures = [sorted(figure.source for figure in text.document.figures) for text in (zh, en)]
    if figures[0] != figures[1]:
        faults.line(1, "the figures differ from the Chinese", "show the same figures in both languages")


def _first_difference(en: LessonText, zh_keys: list[str], en_keys: list[str]) -> tuple[int, str]:
    for index, key in enumerate(en_keys):
        if index >= len(zh_keys) or zh_keys[index] != key:
            expected = f"`{zh_keys[index]}`" if index < len(zh_keys) else "the end"
            return en.document.sections[index].line, f"here stands `{key}`, there {expected}"
    return len(en.source.splitlines()) or 1, f"`{zh_keys[len(en_keys)]}` is missing"


def _compare_section(chinese: Section, english: Section, faults: _Faults) -> None:
    wanted = Counter((item.key, item.pin, item.reviewed) for item in chinese.citations)
    found = Counter((item.key, item.pin, item.reviewed) for item in english.citations)
    for item in english.citations:
        extra = (item.key, item.pin, item.reviewed)
        if found[extra] > wanted[extra]:
            found[extra] -= 1
            faults.at(
                item,
                f"the Chinese section `{chinese.key}` does not cite {_shown(extra)} here",
                "cite the same in both languages",
            )
    for missing, times in (wanted - found).items():
        often = f" ({times} times)" if times > 1 else ""
        faults.line(
            english.line,
            f"the section `{english.key}` lacks {_shown(missing)}{often}, which the Chinese cites",
            "cite the same in both languages",
        )
    if sorted(one.name for one in chinese.media) != sorted(one.name for one in english.media):
        faults.line(
            english.line,
            f"the recordings of section `{english.key}` differ from the Chinese",
            "place the same recordings in both languages",
        )
    if sorted(spot.text for spot in chinese.questions) != sorted(spot.text for spot in english.questions):
        faults.line(
            english.line,
            f"the questions of section `{english.key}` differ from the Chinese",
            "place the same questions in both languages",
        )


def _shown(item: tuple[str, str, bool]) -> str:
    key, pin, reviewed = item
    return f"[{'' if reviewed else '?'}@{key}{f' {pin}' if pin else ''}]"
