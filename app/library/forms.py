"""Forms of the library."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.forms import Form

_needed = _l("Fill this in.")


class LawChangeForm(Form):
    changed_on = DateField(
        _l("First day on which the changed law applies"), validators=[InputRequired(_l("Enter a day."))]
    )
    note = TextAreaField(
        _l("What changed, and where it is published"),
        description=_l("Name the amending instrument and its official source."),
        validators=[InputRequired(_needed), Length(min=10, max=2000)],
    )
