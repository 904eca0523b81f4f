"""Forms from a draft to its publication."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.forms import Form, choice
from app.courses.authoring.rules import Decision, Moving

_needed = _l("Fill this in.")


class SubmitForm(Form):
    note = TextAreaField(
        _l("What the reviewer should know"),
        description=_l("What you changed and why; which sources you compared."),
        validators=[InputRequired(_needed), Length(max=2000)],
    )


class DecideForm(Form):
    decision = RadioField(
        _l("Decision"),
        choices=[
            choice(Decision.APPROVE, _l("Approve: it may be published as it stands")),
            choice(Decision.SEND_BACK, _l("Send back: the comments must be dealt with first")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    note = TextAreaField(
        _l("Reason"),
        description=_l("What you checked, or what is missing. It stays on record."),
        validators=[InputRequired(_needed), Length(max=2000)],
    )


class PublishForm(Form):
    note = TextAreaField(
        _l("What changed"),
        description=_l("Trainees and colleagues read this in the history of the course."),
        validators=[InputRequired(_needed), Length(max=2000)],
    )
    moving = RadioField(
        _l("Trainees under way"),
        choices=[
            choice(Moving.KEEP, _l("Finish the revision they began")),
            choice(
                Moving.MOVE,
                _l("Go on in the new revision; what they did in sections that remain stays done"),
            ),
        ],
        default=Moving.KEEP.value,
        validators=[InputRequired(_l("Choose one."))],
    )
