"""The figures as CSV and as a workbook. Numbers stay numbers: shares of one, as the page's help defines them."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from flask_babel import gettext as _
from rustpy_xlsxwriter import write_worksheets

from app.core.languages import tr
from app.quizzes.analysis import words
from app.quizzes.analysis.choices import ChoiceTable, ChoiceUse, labels
from app.quizzes.analysis.report import ItemReport, Report

#: What a spreadsheet takes for the start of a formula, with the full-width forms an input method makes.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
#: More digits would suggest a precision the figures do not have.
PLACES: Final = 4

Row = dict[str, Any]


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value


def _number(value: float | None) -> float | None:
    return None if value is None else round(value, PLACES)


def question_rows(report: Report) -> list[Row]:
    """One row a question, all figures and what was found."""
    return [_question_row(item) for item in report.items]


def _question_row(item: ItemReport) -> Row:
    people, *headings = words.columns()
    row: Row = {
        _("No."): item.number,
        _("Question key"): item.question.key,
        _("Revision"): item.question.revision,
        _("Question"): tr(item.question.prompt),
        people: item.people,
        _("Unanswered"): item.omitted,
    }
    row |= {name: _number(figure.value) for name, figure in zip(headings, words.figures(item), strict=True)}
    row[_("To look at")] = "; ".join(words.finding_text(finding, item.choices) for finding in item.findings)
    return row


def choice_rows(report: Report) -> list[Row]:
    """One row a choice of each question."""
    return [
        _choice_row(item, letter, use)
        for item in report.items
        if item.choices is not None
        for letter, use in _lettered(item.choices)
    ]


def _lettered(table: ChoiceTable) -> list[tuple[str, ChoiceUse]]:
    names = labels(table)
    return [*((names[use.choice.id], use) for use in table.uses), ("", table.omitted)]


def _choice_row(item: ItemReport, letter: str, use: ChoiceUse) -> Row:
    return {
        _("No."): item.number,
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


def write_csv(rows: Sequence[Row]) -> bytes:
    """Rows with equal columns, at least one, in UTF-8 with a byte-order mark, as Excel expects."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(rows[0])
    writer.writerows([_harmless(value) for value in row.values()] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def to_xlsx(report: Report) -> bytes:
    """A workbook of three sheets: questions, choices, the paper."""
    sheets = [
        (_("Questions"), question_rows(report)),
        (_("Choices"), choice_rows(report)),
        (_("Paper"), paper_rows(report)),
    ]
    return write_xlsx(sheets)


def write_xlsx(sheets: Sequence[tuple[str, Sequence[Row]]]) -> bytes:
    """A workbook of the sheets that have rows."""
    stream = io.BytesIO()
    write_worksheets(
        [(name, list(rows)) for name, rows in sheets if rows], stream, bold_headers=True, autofit=True
    )
    return stream.getvalue()
