"""The figures as CSV and as a workbook. Numbers stay numbers: shares of one, as the page's help defines them."""

from typing import Final

from flask_babel import gettext as _

from app.core.languages import tr
from app.core.spreadsheets import Row, write_csv, write_xlsx
from app.quizzes.analysis import words
from app.quizzes.analysis.choices import ChoiceTable, ChoiceUse, labels
from app.quizzes.analysis.report import ItemReport, Report

#: More digits would suggest a precision the figures do not have.
PLACES: Final = 4


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def question_rows(report: Report) -> list[Row]:
    """One row a question, all figures and what was found; its parts follow it."""
    return [row for item in report.items for row in (_question_row(item), *_rows_of_parts(item))]


def _question_row(item: ItemReport) -> Row:
    people, *headings = words.columns()
    row: Row = {
        _("No."): item.number,
        _("Part"): None,
        _("Question key"): item.question.key,
        _("Revision"): item.question.revision,
        _("Question"): tr(item.question.prompt),
        people: item.people,
        _("Unanswered"): item.omitted,
    }
    row |= {name: _number(figure.value) for name, figure in zip(headings, words.figures(item), strict=True)}
    row[_("Consistency of the parts")] = _number(item.inside.coherence.value)
    row[_("To look at")] = "; ".join(words.item_finding(finding, item) for finding in item.findings)
    return row


def _rows_of_parts(item: ItemReport) -> list[Row]:
    """The parts of a question in the columns of questions; what a part does not have stays empty."""
    rows = []
    for part in item.parts:
        row: Row = dict.fromkeys(_question_row(item))
        row |= {
            _("No."): item.number,
            _("Part"): part.number,
            _("Question key"): item.question.key,
            _("Revision"): item.question.revision,
            _("Question"): tr(part.part.label),
            _("Examinees"): part.people,
            _("Unanswered"): part.omitted,
            _("Facility"): _number(part.facility.value),
            _("Std. deviation"): _number(part.deviation.value),
            _("Guess score"): _number(part.random_guess.value),
            _("Discrimination"): _number(part.discrimination.value),
            _("Efficiency"): _number(part.efficiency.value),
            _("To look at"): "; ".join(words.finding_text(each, part.choices) for each in part.findings),
        }
        rows.append(row)
    return rows


def part_rows(report: Report) -> list[Row]:
    """One row a part of a question, with all of its figures."""
    headings = words.part_columns()
    return [
        {
            _("No."): item.number,
            _("Part"): part.number,
            _("Question key"): item.question.key,
            _("Text"): tr(part.part.label),
            _("Examinees"): part.people,
            _("Unanswered"): part.omitted,
        }
        | {name: _number(figure.value) for name, figure in zip(headings, words.part_figures(part), strict=True)}
        | {_("To look at"): "; ".join(words.finding_text(each, part.choices) for each in part.findings)}
        for item in report.items
        for part in item.parts
    ]


def variant_rows(report: Report) -> list[Row]:
    """One row a group of people who drew the same numbers, or like ones."""
    return [
        {
            _("No."): item.number,
            _("Part"): part,
            _("Question key"): item.question.key,
            _("Numbers drawn"): words.variant_label(variant.numbers),
            _("Examinees"): variant.people,
            _("Unanswered"): variant.omitted,
            _("Facility"): _number(variant.facility.value),
            _("Standard error"): _number(variant.error.value),
            _("Discrimination"): _number(variant.discrimination.value),
            _("Differs"): _("Yes") if variant.differs else _("No"),
        }
        for item in report.items
        for part, variants in [(None, item.variants), *((part.number, part.variants) for part in item.parts)]
        for variant in variants
    ]


def credit_rows(report: Report) -> list[Row]:
    """One row a band of the marks of each question that can be answered in part."""
    return [
        {
            _("No."): item.number,
            _("Question key"): item.question.key,
            _("Marks earned"): words.band_label(band),
            _("Examinees"): band.count,
            _("Share"): _number(band.share),
        }
        for item in report.items
        for band in item.inside.credit
    ]


def choice_rows(report: Report) -> list[Row]:
    """One row a choice of each question."""
    return [
        _choice_row(item, part, letter, use)
        for item in report.items
        for part, table in [(None, item.choices), *((part.number, part.choices) for part in item.parts)]
        if table is not None
        for letter, use in _lettered(table)
    ]


def _lettered(table: ChoiceTable) -> list[tuple[str, ChoiceUse]]:
    names = labels(table)
    return [*((names[use.choice.id], use) for use in table.uses), ("", table.omitted)]


def _choice_row(item: ItemReport, part: int | None, letter: str, use: ChoiceUse) -> Row:
    return {
        _("No."): item.number,
        _("Part"): part,
        _("Question key"): item.question.key,
        _("Choice"): letter,
        _("Text"): tr(use.choice.text) if letter else _("Unanswered"),
        _("Key"): _("Yes") if use.choice.correct else _("No"),
        _("Examinees"): use.count,
        _("Share"): _number(use.share),
        _("Low group"): _number(use.low),
        _("High group"): _number(use.high),
        _("Correlation"): _number(use.correlation.value),
    }


def paper_rows(report: Report) -> list[Row]:
    """The figures of the paper, one a row."""
    values: list[tuple[str, float | None]] = [
        (_("Examinees"), report.people),
        (_("Pass rate"), report.passed / report.people),
        (_("Mean"), report.spread.mean.value),
        (_("Median"), report.spread.median.value),
        (_("Standard deviation"), report.spread.deviation.value),
        (_("Skewness"), report.spread.skewness.value),
        (_("Kurtosis"), report.spread.kurtosis.value),
        (_("Internal consistency (Cronbach’s alpha)"), report.consistency.value),
        (_("Error ratio"), report.error_ratio.value),
        (_("Standard error"), report.standard_error.value),
    ]
    return [{_("Figure"): name, _("Value"): _number(value)} for name, value in values]


def to_csv(report: Report) -> bytes:
    """The table of questions."""
    return write_csv(question_rows(report))


def to_xlsx(report: Report) -> bytes:
    """A workbook: questions, their parts, choices, numbers drawn, marks earned, and the paper; empty sheets are
    left out."""
    sheets = [
        (_("Questions"), [_question_row(item) for item in report.items]),
        (_("Parts"), part_rows(report)),
        (_("Choices"), choice_rows(report)),
        (_("Numbers drawn"), variant_rows(report)),
        (_("Marks earned"), credit_rows(report)),
        (_("Paper"), paper_rows(report)),
    ]
    return write_xlsx(sheets)
