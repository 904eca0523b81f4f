"""Forms of studying."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, HiddenField, IntegerField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from app.core.forms import Form
from app.courses.studying.rules.spacing import MAX_LIMIT
from app.courses.studying.services.asking import MAX_TEXT


class AskForm(Form):
    id = HiddenField()
    at = HiddenField()
    language = HiddenField()
    quote = HiddenField()
    prefix = HiddenField()
    suffix = HiddenField()
    text = TextAreaField(
        _l("Your question"),
        description=_l("Your instructors read it with your name. They may show it to others without your name."),
        validators=[InputRequired(_l("Write your question.")), Length(max=MAX_TEXT)],
    )


class AnswerForm(Form):
    answer = TextAreaField(
        _l("The answer"), validators=[InputRequired(_l("Write your answer.")), Length(max=MAX_TEXT)]
    )
    is_public = BooleanField(_l("Show question and answer to everybody who studies the course, without a name"))
    public_text = TextAreaField(
        _l("The question as everybody reads it"),
        description=_l("Take out whatever would tell who asked."),
        validators=[Length(max=MAX_TEXT)],
    )

    def validate_public_text(self, field: Field) -> None:
        if self.is_public.data and not field.data:
            raise ValidationError(_l("Write the question as everybody shall read it."))


class PlanForm(Form):
    daily_limit = IntegerField(
        _l("Questions a day at most"),
        validators=[
            InputRequired(_l("Enter a number.")),
            NumberRange(1, MAX_LIMIT, _l("From 1 to %(most)d questions a day.", most=MAX_LIMIT)),
        ],
    )
    reminders = BooleanField(_l("Remind me by mail on days when questions wait"))
