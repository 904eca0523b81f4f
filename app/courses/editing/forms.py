"""Small forms of the editor; the large ones are trees (fields.py)."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from app.core.forms import Form, choice
from app.core.text import language_of
from app.organisations.models import Organisation

_KEY = Regexp(
    r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_l("Write lower-case letters, digits and single hyphens, such as l3-epo.")
)
_REQUIRED = DataRequired(_l("Please fill this in."))


class CourseForm(Form):
    """A new course."""

    title_zh = StringField(_l("Title in Chinese"), validators=[_REQUIRED, Length(max=120)])
    title_en = StringField(_l("Title in English"), validators=[_REQUIRED, Length(max=160)])
    key = StringField(
        _l("Id"),
        description=_l("Part of the course's addresses; it never changes. Such as l3-epo-oppositions."),
        validators=[_REQUIRED, Length(max=60), _KEY],
    )
    code = StringField(
        _l("Short code"),
        description=_l("A capital and up to nine capitals, digits, dots or hyphens, such as L3."),
        validators=[_REQUIRED, Regexp(r"^[A-Z][A-Z0-9.-]{0,9}$", message=_l("Write such as L3."))],
    )
    track = RadioField(_l("Track"), choices=[choice("L", _l("Lawyers")), choice("U", _l("Joint institutes"))])
    organisation = SelectField(_l("Organisation"), description=_l("Its instructors edit the course."))

    def offer(self, organisations: Sequence[Organisation], locale: str) -> None:
        """The organisations for which the person may write."""
        language = language_of(locale)
        self.organisation.choices = [choice(one.id, one.name[language]) for one in organisations]
        if self.track.data is None:
            self.track.data = "L"


class PartForm(Form):
    """A new module or lesson."""

    title_zh = StringField(_l("Title in Chinese"), validators=[_REQUIRED, Length(max=160)])
    title_en = StringField(_l("Title in English"), validators=[_REQUIRED, Length(max=200)])
    key = StringField(
        _l("Id"),
        description=_l("Made from the English title when you leave it empty; it never changes."),
        validators=[Optional(), Length(max=60), _KEY],
    )
