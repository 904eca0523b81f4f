"""What the editor says: faults, advice and types in the reader's language."""

from flask_babel import gettext as _

from app.core.languages import locale_name, said
from app.core.messages import Message
from app.courses.content.faults import Fault
from app.courses.editing.question_types import TYPES
from app.courses.editing.texts import Advice


def question_type(kind: str) -> str:
    """What a type of question is called."""
    return str(next((label for key, label in TYPES if key == kind), kind))


def fault_words(fault: Fault) -> str:
    """What is wrong and what to write instead, as one sentence."""
    return check_words(fault.wrong, fault.mend)


def check_words(wrong: Message, mend: Message) -> str:
    """A sentence of the content check for the reader."""
    first = said(wrong)
    if locale_name() == "en":
        first = f"{first[:1].upper()}{first[1:]}"
    return str(_("%(wrong)s: %(mend)s.", wrong=first, mend=said(mend)))


def advice_words(advice: Advice) -> str:
    """Advice while writing, as one sentence."""
    words = {
        "heading_one": _("“%(what)s” is a first-level heading; sections begin with ##.", what=advice.detail),
        "heading_jump": _("“%(what)s” skips a level of headings.", what=advice.detail),
        "unreviewed": _("Not yet compared with the official text: %(what)s.", what=advice.detail),
        "dead_link": _("The link leads nowhere: %(what)s.", what=advice.detail),
        "untranslated": _("The section “%(what)s” is still in Chinese.", what=advice.detail),
    }
    return str(words[advice.kind])
