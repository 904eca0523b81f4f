"""Faults of lessons: headings, citations, figures, questions in the flow, and the two languages side by side."""

import re
from collections import Counter
from collections.abc import Iterable

from app.core import formulas, markdown
from app.core.markdown import CALLOUTS, MEDIA, Citation, Document, Figure, Formula, Section, Spot
from app.core.messages import N_, Message
from app.courses.content.faults import Report
from app.courses.content.hints import nearest
from app.courses.content.media_checks import placed_faults
from app.courses.content.tree import Content, CourseTree, LessonText, ModuleTree
from app.courses.rules import figure_name

#: What a section without a text consists of.
HEADING_TOKENS = frozenset({"heading_open", "inline", "heading_close"})
_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")

#: Of dollars in running text that look like those of a formula: what is wrong, and the mend.
UNREAD_FORMULA = (
    N_("this looks like a formula, but is not read as one"),
    N_(
        "write $x$ without spaces inside the dollars and without letters or digits beside them,"
        " or \\$ for a dollar"
    ),
)

#: What an export (or git) writes around two versions of the same lines.
_MARKS = ("<<<<<<< ", ">>>>>>> ")


def unknown_instrument(key: str, known: Iterable[str]) -> tuple[Message, Message]:
    """The words for the key of a law that is not in the library."""
    return (
        N_("nothing under content/library is called `%(key)s`%(meant)s", key=key, meant=nearest(key, known)),
        N_("correct the id, or add library/<jurisdiction>/%(key)s.yaml", key=key),
    )


def citation_fault(citation: Citation, content: Content) -> tuple[Message, Message] | None:
    """What is wrong with a citation, or None."""
    if citation.key not in content.instruments:
        return unknown_instrument(citation.key, content.instruments)
    if citation.pin and content.instruments[citation.key].pin is None:
        return (
            N_("`%(key)s` has no pattern for pinpoints", key=citation.key),
            N_("add `pin: {zh: …{}…, en: …{}…}` to the instrument, or leave `%(pin)s` out", pin=citation.pin),
        )
    return None


class _Faults:
    """Reports faults of one text."""

    def __init__(self, report: Report, text: LessonText) -> None:
        self.report = report
        self.path = text.path

    def at(self, place: Spot | Figure | Citation, wrong: Message, mend: Message) -> None:
        self.report.add(self.path, place.line, place.column, wrong, mend)

    def line(self, line: int, wrong: Message, mend: Message, column: int = 1) -> None:
        self.report.add(self.path, line, column, wrong, mend)


def check_text(content: Content, course: CourseTree, module: ModuleTree, text: LessonText, report: Report) -> None:
    """Everything that one text shows by itself."""
    document, faults = text.document, _Faults(report, text)
    if not document.sections:
        faults.line(1, N_("the lesson has no section"), N_("begin with `## Heading {#id}`"))
    elif document.opening.tokens:
        faults.line(1, N_("text stands before the first section"), N_("begin with `## Heading {#id}`"))
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
        faults.at(
            spot, N_("HTML `%(text)s` stands in the text", text=spot.text[:40]), N_("write Markdown instead")
        )
    for spot in document.unknown_callouts:
        known = ", ".join((*CALLOUTS, "question", *MEDIA))
        faults.at(
            spot,
            N_("`%(text)s` is not a kind of block", text=spot.text),
            N_("write one of %(known)s", known=known),
        )
    _check_placed_questions(document, [question.id for question in module.checks()], faults)


def _check_media(text: LessonText, course: CourseTree, faults: _Faults) -> None:
    language = text.path.stem.rpartition(".")[2]
    for placed in (placed for section in text.document.sections for placed in section.media):
        for wrong, mend in placed_faults(placed, course.media, language):
            faults.line(placed.line, wrong, mend, placed.column)


def _check_marks(source: str, faults: _Faults) -> None:
    for number, line in enumerate(source.splitlines(), 1):
        if line.startswith(_MARKS):
            faults.line(
                number, N_("the mark of an unfinished merge stands in the text"), N_("bring both sides together")
            )


def _check_formulas(document: Document, source: str, faults: _Faults) -> None:
    for formula in document.formulas:
        _check_formula(formula, source, faults)
    for spot in document.stray_dollars:
        faults.at(spot, *UNREAD_FORMULA)
    for section in document.sections:
        if "$" in section.title and markdown.parse(section.title).formulas:
            faults.line(
                section.line, N_("a formula stands in a section's heading"), N_("write it into the text below")
            )


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
            spot.line,
            N_("the question `%(text)s` stands inside another block", text=spot.text),
            N_("place it between paragraphs"),
        )
    for spot in document.questions:
        if spot.text not in checks:
            faults.at(
                spot,
                N_(
                    "the module has no check question `%(text)s`%(meant)s",
                    text=spot.text,
                    meant=nearest(spot.text, checks),
                ),
                N_("write the id of a question with `use: check` in questions.yaml"),
            )
        if spot.text in seen:
            faults.at(
                spot, N_("the question `%(text)s` is placed twice", text=spot.text), N_("place each question once")
            )
        seen.add(spot.text)


def _check_section(section: Section, seen: set[str], faults: _Faults) -> None:
    line, key = section.line, section.key
    title = section.title[:30]
    if not key:
        faults.line(
            line,
            N_("the section “%(title)s” has no id", title=title),
            N_("end the heading with {#an-id}, the same in both languages"),
        )
    elif not _KEY.match(key):
        faults.line(
            line,
            N_("the section id `%(key)s` is not kebab-case", key=key),
            N_("write such as {#who-may-complain}"),
        )
    elif key in seen:
        faults.line(
            line, N_("the section id `%(key)s` is used twice", key=key), N_("give each section an id of its own")
        )
    if all(token.type in HEADING_TOKENS for token in section.tokens):
        faults.line(
            line, N_("the section “%(title)s” is empty", title=title), N_("write its text, or remove the heading")
        )


def _check_figure(figure: Figure, course: CourseTree, faults: _Faults) -> None:
    if not figure.alternative.strip():
        faults.at(figure, N_("the figure has no alternative text"), N_("write what it shows: ![text](…)"))
    if not figure.caption.strip():
        faults.at(figure, N_("the figure has no caption"), N_('add it: ![…](../figures/x.svg "caption")'))
    name = figure_name(figure.source)
    if name == figure.source or "/" in name:
        faults.at(
            figure,
            N_("`%(source)s` is not a figure of the course", source=figure.source),
            N_("write ../figures/<name>.svg"),
        )
    elif name not in course.figures:
        wrong = N_("the course has no figure `%(name)s`%(meant)s", name=name, meant=nearest(name, course.figures))
        faults.at(figure, wrong, N_("add figures/%(name)s, or correct the name", name=name))


def check_texts_agree(texts: dict[str, LessonText], report: Report) -> None:
    """Both languages: the same sections in the same order, with the same citations, questions and figures."""
    zh, en = texts["zh"], texts["en"]
    faults = _Faults(report, en)
    zh_keys = [section.key for section in zh.document.sections]
    en_keys = [section.key for section in en.document.sections]
    if zh_keys != en_keys:
        line, wrong = _first_difference(en, zh_keys, en_keys)
        faults.line(line, wrong, N_("use the same ids in the same order"))
        return
    for chinese, english in zip(zh.document.sections, en.document.sections, strict=True):
        _compare_section(chinese, english, faults)
    figures = [sorted(figure.source for figure in text.document.figures) for text in (zh, en)]
    if figures[0] != figures[1]:
        faults.line(1, N_("the figures differ from the Chinese"), N_("show the same figures in both languages"))


def _first_difference(en: LessonText, zh_keys: list[str], en_keys: list[str]) -> tuple[int, Message]:
    for index, key in enumerate(en_keys):
        line = en.document.sections[index].line
        if index >= len(zh_keys):
            return line, N_("the sections differ from the Chinese: here stands `%(key)s`, there the end", key=key)
        if zh_keys[index] != key:
            return line, N_(
                "the sections differ from the Chinese: here stands `%(key)s`, there `%(other)s`",
                key=key,
                other=zh_keys[index],
            )
    wrong = N_("the sections differ from the Chinese: `%(key)s` is missing", key=zh_keys[len(en_keys)])
    return len(en.source.splitlines()) or 1, wrong


def _compare_section(chinese: Section, english: Section, faults: _Faults) -> None:
    wanted = Counter((item.key, item.pin, item.reviewed) for item in chinese.citations)
    found = Counter((item.key, item.pin, item.reviewed) for item in english.citations)
    for item in english.citations:
        extra = (item.key, item.pin, item.reviewed)
        if found[extra] > wanted[extra]:
            found[extra] -= 1
            faults.at(
                item,
                N_(
                    "the Chinese section `%(key)s` does not cite %(citation)s here",
                    key=chinese.key,
                    citation=_shown(extra),
                ),
                N_("cite the same in both languages"),
            )
    for missing, times in (wanted - found).items():
        key, citation = english.key, _shown(missing)
        wrong = (
            N_(
                "the section `%(key)s` lacks %(citation)s (%(times)s times), which the Chinese cites",
                key=key,
                citation=citation,
                times=times,
            )
            if times > 1
            else N_(
                "the section `%(key)s` lacks %(citation)s, which the Chinese cites", key=key, citation=citation
            )
        )
        faults.line(english.line, wrong, N_("cite the same in both languages"))
    if sorted(one.name for one in chinese.media) != sorted(one.name for one in english.media):
        faults.line(
            english.line,
            N_("the recordings of section `%(key)s` differ from the Chinese", key=english.key),
            N_("place the same recordings in both languages"),
        )
    if sorted(spot.text for spot in chinese.questions) != sorted(spot.text for spot in english.questions):
        faults.line(
            english.line,
            N_("the questions of section `%(key)s` differ from the Chinese", key=english.key),
            N_("place the same questions in both languages"),
        )


def _shown(item: tuple[str, str, bool]) -> str:
    key, pin, reviewed = item
    return f"[{'' if reviewed else '?'}@{key}{f' {pin}' if pin else ''}]"
