"""The forms of experts. The application's form grows a field for every criterion that the applicant answers."""

from typing import Any, Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import Form, choice
from app.core.languages import tr
from app.experts.criteria import Criteria, DeclarationCriterion, StatementCriterion
from app.experts.labels import END_CLASSES, LACKS
from app.experts.rules import (
    CATEGORIES,
    FIELDS,
    JURISDICTIONS,
    LANGUAGES,
    LEVELS,
    Answer,
    EndClass,
    Lack,
    Profile,
)
from app.organisations.models import OrganisationKind
from app.organisations.queries import list_organisations

LANGUAGE_ROWS: Final = 4
_reason = [InputRequired(_l("Give a reason.")), Length(min=5, max=4000)]


def _choices(vocabulary: Any) -> list[Any]:
    return [choice(key, tr(label)) for key, label in vocabulary.items()]


class _Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class ApplyForm(Form):
    """What an applicant says of herself; saved as it is, complete or not."""

    category = RadioField(_l("Category"), validate_choice=False)
    practice_fields = _Checkboxes(_l("Practice fields"))
    jurisdictions = _Checkboxes(_l("Jurisdictions"))
    industry_platform = SelectField(_l("Industry platform"))
    sub_centre = SelectField(_l("Local sub-centre"))
    summary = TextAreaField(
        _l("About you"),
        description=_l("Two or three sentences that a reader of the pool should know."),
        validators=[Length(max=1000)],
    )

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.category.choices = _choices(CATEGORIES)
        self.practice_fields.choices = _choices(FIELDS)
        self.jurisdictions.choices = _choices(JURISDICTIONS)
        none = choice("", _("None"))
        for field, kind in (
            (self.industry_platform, OrganisationKind.INDUSTRY_PLATFORM),
            (self.sub_centre, OrganisationKind.SUB_CENTRE),
        ):
            field.choices = [none, *(choice(one.key, tr(one.name)) for one in list_organisations(kind))]
        for number in range(LANGUAGE_ROWS):
            self[f"language_{number}"].choices = [none, *_choices(LANGUAGES)]
            self[f"level_{number}"].choices = _choices(LEVELS)


def apply_form(criteria: Criteria, profile: Profile) -> ApplyForm:
    """The form for these criteria, filled with what is known."""
    fields: dict[str, Any] = {}
    for number in range(LANGUAGE_ROWS):
        fields[f"language_{number}"] = SelectField(_l("Language %(number)s", number=number + 1))
        fields[f"level_{number}"] = SelectField(_l("Level of language %(number)s", number=number + 1))
    for criterion in criteria.criteria:
        if isinstance(criterion, DeclarationCriterion):
            fields[f"declared_{criterion.id}"] = BooleanField(tr(criterion.explanation.both()))
        elif isinstance(criterion, StatementCriterion):
            fields[f"years_{criterion.id}"] = IntegerField(
                _l("Years"), validators=[Optional(), NumberRange(min=0, max=70)]
            )
            fields[f"text_{criterion.id}"] = TextAreaField(_l("Your statement"), validators=[Length(max=4000)])
    form: ApplyForm = type("ApplyForm", (ApplyForm,), fields)(data=_data(profile))
    return form


def _data(profile: Profile) -> dict[str, Any]:
    data: dict[str, Any] = {
        "category": profile.category or None,
        "practice_fields": list(profile.fields),
        "jurisdictions": list(profile.jurisdictions),
        "industry_platform": profile.industry_platform,
        "sub_centre": profile.sub_centre,
        "summary": profile.summary,
    }
    for number, (code, level) in enumerate(profile.languages[:LANGUAGE_ROWS]):
        data[f"language_{number}"], data[f"level_{number}"] = code, level
    for key, answer in (profile.answers or {}).items():
        data[f"declared_{key}"], data[f"years_{key}"], data[f"text_{key}"] = (
            answer.declared,
            answer.years,
            answer.text,
        )
    return data


def profile_of(form: ApplyForm, criteria: Criteria) -> Profile:
    """What was entered."""
    languages = {
        form[f"language_{number}"].data: form[f"level_{number}"].data
        for number in range(LANGUAGE_ROWS)
        if form[f"language_{number}"].data
    }
    answers = {}
    for criterion in criteria.criteria:
        if isinstance(criterion, DeclarationCriterion):
            answers[criterion.id] = Answer(declared=bool(form[f"declared_{criterion.id}"].data))
        elif isinstance(criterion, StatementCriterion):
            answers[criterion.id] = Answer(
                years=form[f"years_{criterion.id}"].data, text=form[f"text_{criterion.id}"].data or ""
            )
    return Profile(
        category=form.category.data if form.category.data in CATEGORIES else "",
        fields=tuple(form.practice_fields.data or ()),
        jurisdictions=tuple(form.jurisdictions.data or ()),
        languages=tuple(languages.items()),
        industry_platform=form.industry_platform.data or "",
        sub_centre=form.sub_centre.data or "",
        summary=form.summary.data or "",
        answers=answers,
    )


def show_lacks(form: ApplyForm, found: list[tuple[Lack, str]]) -> None:
    """Put what is lacking beside its field."""
    places = {
        Lack.CATEGORY: "category",
        Lack.FIELDS: "practice_fields",
        Lack.JURISDICTIONS: "jurisdictions",
        Lack.LANGUAGES: "language_0",
    }
    for lack, criterion_id in found:
        name = places.get(lack) or next(
            name for name in (f"declared_{criterion_id}", f"text_{criterion_id}") if name in form
        )
        form[name].errors = [*form[name].errors, LACKS[lack]]


class ReturnForm(Form):
    reason = TextAreaField(_l("What is missing"), validators=_reason)


class BeginForm(Form):
    unbiased = BooleanField(
        _l("I declare that I have no conflict of interest with the applicant."),
        validators=[InputRequired(_l("Whoever has a conflict of interest leaves the matter to somebody else."))],
    )


class RecommendForm(Form):
    verdict = RadioField(
        _l("Recommendation"),
        choices=[choice("yes", _l("Recommend the appointment")), choice("no", _l("Do not recommend it"))],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(_l("Reason"), validators=_reason)


class DecideForm(Form):
    verdict = RadioField(
        _l("Decision"),
        choices=[choice("yes", _l("Approve and appoint")), choice("no", _l("Do not approve"))],
        validators=[InputRequired(_l("Choose one."))],
    )
    years = IntegerField(
        _l("Term in years"), validators=[InputRequired(_l("Choose one.")), NumberRange(min=1, max=10)]
    )
    reason = TextAreaField(
        _l("Reason"), description=_l("The applicant reads it, whatever the decision."), validators=_reason
    )
    unbiased = BooleanField(
        _l("I declare that I have no conflict of interest with the applicant."),
        validators=[InputRequired(_l("Whoever has a conflict of interest leaves the matter to somebody else."))],
    )


class EndForm(Form):
    end_class = RadioField(
        _l("Why it ends"),
        choices=[
            choice(kind.value, label) for kind, label in END_CLASSES.items() if kind is not EndClass.TERM_OVER
        ],
        validators=[InputRequired(_l("Choose a reason."))],
    )
    reason = TextAreaField(_l("Reason for the record"), validators=_reason)
