"""The form for a package."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Length, Optional, Regexp

from app.core.forms import Form, choice
from app.organisations.models import Organisation


class PackageForm(Form):
    """A package to be read."""

    file = FileField(
        _l("Package"),
        validators=[FileRequired(_l("Choose a file first."))],
        description=_l(
            "A course package of ours, an IMS Common Cartridge 1.1 to 1.3 or an Open edX course (.tar.gz)."
        ),
    )
    key = StringField(
        _l("Id"),
        description=_l("Part of the course's addresses. Empty: the id that the package gives it."),
        validators=[
            Optional(),
            Length(max=60),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message=_l("Write lower-case letters, digits and single hyphens, such as l3-epo."),
            ),
        ],
    )
    language = RadioField(
        _l("Language of the texts"),
        choices=[choice("zh", _l("Chinese")), choice("en", _l("English"))],
        default="zh",
        description=_l(
            "For packages of other systems. The other language is marked as untranslated; our own hold both."
        ),
    )
    organisation = SelectField(_l("Organisation"), description=_l("Its instructors edit the course."))

    def offer(self, organisations: Sequence[Organisation], locale: str) -> None:
        """The organisations for which the person may write."""
        language = "en" if locale.startswith("en") else "zh"
        self.organisation.choices = [choice(one.id, one.name[language]) for one in organisations]
