"""The pages and downloads of the item analysis."""

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from app.core import access, clock
from app.core.access import require_actor
from app.core.errors import NotFound
from app.core.markdown import render
from app.core.publishing import send_table
from app.quizzes.analysis import charts, exports, findings, policies, queries, words
from app.quizzes.analysis.charts import Plotted
from app.quizzes.analysis.choices import labels, numbered
from app.quizzes.analysis.queries import RevisionChoice
from app.quizzes.analysis.report import ItemReport, Report, build
from app.quizzes.analysis.sample import MIN_GROUPED, MIN_PEOPLE
from app.quizzes.analysis.variants import Variant
from app.quizzes.regrading.policies import REGRADERS

blueprint = Blueprint("item_analysis", __name__)
blueprints = (blueprint,)

EXPORTS = {"csv": exports.to_csv, "xlsx": exports.to_xlsx}


@dataclass(frozen=True, slots=True)
class Selection:
    """What the address asks for, and what came of it."""

    key: str
    revisions: list[RevisionChoice]
    #: None: all revisions.
    revision: RevisionChoice | None
    every_attempt: bool
    #: Over her own organisation's candidates only.
    own_people: bool
    report: Report

    @property
    def title(self) -> dict[str, str]:
        return (self.revision or self.revisions[0]).title

    def arguments(self, **changed: Any) -> dict[str, Any]:
        """The query of an address with the same choices, or some of them changed."""
        revision = "all" if self.revision is None else None if self.revision.current else self.revision.number
        found = {"revision": revision, "attempts": "all" if self.every_attempt else None, **changed}
        return {name: value for name, value in found.items() if value is not None}

    def url(self, **changed: Any) -> str:
        return url_for(".show", key=self.key, **self.arguments(**changed))


def _select(key: str) -> Selection:
    """Load what the address names. Raises NotFound for an unknown quiz or revision."""
    revisions = queries.list_revisions(key)
    asked = request.args.get("revision", "")
    revision = None
    if asked != "all":
        matching = [each for each in revisions if (str(each.number) == asked if asked else each.current)]
        if not matching:
            raise NotFound
        revision = matching[0]
    every_attempt = request.args.get("attempts") == "all"
    organisations = policies.reach(require_actor())
    sample = queries.gather(
        key,
        organisations=organisations,
        revision_id=revision.id if revision else None,
        every_attempt=every_attempt,
    )
    return Selection(key, revisions, revision, every_attempt, organisations is not None, build(sample))


@blueprint.get("/examinations/analysis")
@access.requires(*policies.READERS)
def list_examined() -> str:
    """Every examination, and how many sittings there are to analyse."""
    organisations = policies.reach(require_actor())
    return render_template(
        "quizzes/analysis/index.html",
        examined=queries.list_examined(organisations),
        own_people=organisations is not None,
        now=clock.now(),
    )


@blueprint.get("/examinations/<string:key>/analysis")
@access.requires(*policies.READERS)
def show(key: str) -> str:
    """The paper as a whole and the table of its questions."""
    chosen = _select(key)
    items = chosen.report.items
    return render_template(
        "quizzes/analysis/show.html",
        chosen=chosen,
        report=chosen.report,
        revision_chips=_revision_chips(chosen),
        attempt_chips=_attempt_chips(chosen),
        chart=charts.scatter(items, findings.WEAK_DISCRIMINATION) if items else None,
        notes=words.notes([figure for item in items for figure in words.figures(item)]),
        question_name=question_name,
        question_link=lambda item: question_url(chosen, item),
        urgent=[item for item in items if any(each.severity == "danger" for each in item.findings)],
        few=any(each.code is findings.Code.FEW_PEOPLE for each in chosen.report.findings),
        min_people=MIN_PEOPLE,
        **_vocabulary(),
    )


@blueprint.get("/examinations/<string:key>/analysis/questions/<uuid:question_id>")
@access.requires(*policies.READERS)
def show_question(key: str, question_id: uuid.UUID) -> str:
    """One question: its figures, and who chose what."""
    chosen = _select(key)
    items = chosen.report.items
    at = next((at for at, item in enumerate(items) if item.question.id == question_id), None)
    if at is None:
        raise NotFound
    item = items[at]
    return render_template(
        "quizzes/analysis/question.html",
        chosen=chosen,
        item=item,
        before=items[at - 1] if at else None,
        after=items[at + 1] if at + 1 < len(items) else None,
        letters=labels(item.choices) if item.choices else {},
        chart=charts.curves(item.choices) if item.choices and item.choices.uses else None,
        **_inside(item),
        rare_choice=findings.RARE_CHOICE,
        min_grouped=MIN_GROUPED,
        **_vocabulary(),
    )


@blueprint.get("/examinations/<string:key>/analysis/<any(csv, xlsx):form>")
@access.requires(*policies.READERS)
def download(key: str, form: str) -> Response:
    """The figures as a file; there is none where there are too few people."""
    chosen = _select(key)
    if chosen.report.too_few:
        raise NotFound(_("There are too few sittings for an analysis."))
    return send_table(EXPORTS[form](chosen.report), form, f"analysis-{key}")


def _revision_chips(chosen: Selection) -> list[tuple[str, str, bool]]:
    """Links to the analyses of the other revisions; none where there is one revision."""
    if len(chosen.revisions) == 1:
        return []
    chips = [
        (
            _("Revision %(number)s (current)", number=each.number)
            if each.current
            else _("Revision %(number)s", number=each.number),
            chosen.url(revision=None if each.current else each.number),
            each == chosen.revision,
        )
        for each in chosen.revisions
    ]
    return [*chips, (_("All revisions"), chosen.url(revision="all"), chosen.revision is None)]


def _attempt_chips(chosen: Selection) -> list[tuple[str, str, bool]]:
    return [
        (_("First sitting of each person"), chosen.url(attempts=None), not chosen.every_attempt),
        (_("Every sitting"), chosen.url(attempts="all"), chosen.every_attempt),
    ]


def question_name(item: Plotted) -> str:
    """What a question is called."""
    return str(_("Question %(number)s", number=item.number))


def question_url(chosen: Selection, item: ItemReport) -> str:
    """The page of a question with the same choices."""
    return url_for(".show_question", key=chosen.key, question_id=item.question.id, **chosen.arguments())


def part_name(part: Plotted) -> str:
    """What a part is called."""
    return str(_("Part %(number)s", number=part.number))


def part_link(part: Plotted) -> str:
    """Where a part stands on its question's page."""
    return f"#part-{part.number}"


def _inside(item: ItemReport) -> dict[str, Any]:
    """What a question's page shows of its parts, its marks and the numbers drawn."""
    found = [(part.number, part.choices) for part in item.parts]
    groups = [(0, item.variants), *((part.number, part.variants) for part in item.parts)]
    return {
        "credit_chart": charts.bars([(words.band_label(band), band.share, 0.0) for band in item.inside.credit])
        if item.inside.credit
        else None,
        "variant_charts": {number: _bars(variants) for number, variants in groups if variants},
        "part_heads": [{"label": column, "kind": "num"} for column in words.part_columns()],
        "part_chart": charts.scatter(item.parts, findings.WEAK_DISCRIMINATION) if item.parts else None,
        "part_letters": {number: labels(table) for number, table in found if table},
        "part_charts": {number: charts.curves(table) for number, table in found if table and table.uses},
        "part_name": part_name,
        "part_link": part_link,
        "text": numbered(item.question.body) if "text" in item.question.body else None,
        "notes": words.notes([figure for part in item.parts for figure in words.part_figures(part)]),
    }


def _bars(variants: list[Variant]) -> charts.Bars | None:
    """The groups that have a facility, numbered as in their table."""
    shown = [
        (str(number), variant.facility.value, variant.error.value or 0.0)
        for number, variant in enumerate(variants, start=1)
        if variant.facility.value is not None
    ]
    return charts.bars(shown) if shown else None


def _vocabulary() -> dict[str, Any]:
    """What both pages need to put figures into words."""
    return {
        "words": words,
        "question_url": question_url,
        "markdown": render,
        "may_regrade": require_actor().has(*REGRADERS),
        "now": clock.now(),
    }
