from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from app.core.forms import Form, choice
from app.quizzes.interchange.formats import EXPORTS


class UploadForm(Form):
    """A file of questions."""

    file = FileField(
        _l("File with questions"),
        validators=[FileRequired(_l("Choose a file first."))],
        description=_l(
            "GIFT, Aiken, Moodle XML, QTI 2.1, 2.2 or 3.0 (an item or a package), a Common Cartridge, "
            "or our own YAML."
        ),
    )
    language = RadioField(
        _l("Language of the texts"),
        choices=[choice("zh", _l("Chinese")), choice("en", _l("English"))],
        default="zh",
        description=_l("Where the file says it for each text, that counts; our own exports do."),
    )


class ExportForm(Form):
    """Which questions, and in which format."""

    class Meta(Form.Meta):
        csrf = False  # it asks by GET and changes nothing

    format = RadioField(
        _l("Format"),
        choices=[choice(found.name, found.title) for found in EXPORTS.values()],
        default="moodle",
    )
    source = SelectMultipleField(
        _l("Questions"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Choose where they come from; without a choice, all of them."),
    )
