"""The form by which passages are settled."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.forms import Form, choice
from app.courses.lawmoves.rules import TaskState

_needed = _l("Fill this in.")


class SettleForm(Form):
    state = RadioField(
        _l("What became of the chosen passages"),
        choices=[
            choice(TaskState.UNAFFECTED, _l("Read against the changed law: they are still right")),
            choice(TaskState.REVISED, _l("A later revision is published that states the changed law")),
        ],
        validators=[InputRequired(_l("Choose one."))],
    )
    reason = TextAreaField(
        _l("What you compared with what"),
        description=_l("Name the provision and its official source. Trainees do not see this."),
        validators=[InputRequired(_needed), Length(min=10, max=2000)],
    )
