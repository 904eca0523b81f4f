"""What templates call to translate: as Jinja's own functions say it, at a fraction of their cost.

Jinja's take the template's context, which is made anew for each text inside a loop, and flask-babel looks for the
catalogue each time. A page has two hundred texts.
"""

from typing import Any, Final

from babel import Locale
from babel.support import NullTranslations
from flask import g
from flask_babel import get_locale, get_translations
from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


def _page_text(text: str) -> Markup:
    """A text of ours, which may hold tags; what is put into it is escaped. The same as Jinja does."""
    return Markup(text)  # noqa: S704 - templates and catalogues are the application's own


class _Texts:
    """A language's catalogue, with the texts that stand as they are ready for a page."""

    def __init__(self, translations: NullTranslations) -> None:
        self.translations = translations
        self.ready: dict[str, Markup] = {}

    def plain(self, text: str) -> Markup:
        """The text without variables; one of the catalogue's is kept."""
        found = self.ready.get(text)
        if found is None:
            found = _page_text(self.translations.ugettext(text)) % {}
            if text in getattr(self.translations, "_catalog", ()):
                self.ready[text] = found
        return found


#: By the locale objects that ``languages.choose_locale`` hands out; another one's are looked up each time.
_kept: Final[dict[int, _Texts]] = {}
_shared: Final[dict[str, Locale]] = {}


def shared_locale(name: str) -> Locale:
    """The one object of a language."""
    if name not in _shared:
        _shared[name] = Locale.parse(name)
    return _shared[name]


def present_locale() -> Locale | None:
    """``get_locale()`` without its many looks at Flask's proxies; whatever they miss is left to it."""
    try:
        found: Locale | None = g._get_current_object()._flask_babel.babel_locale
    except (RuntimeError, AttributeError):
        found = None
    return get_locale() if found is None else found


def _texts() -> _Texts:
    locale = present_locale()
    found = _kept.get(id(locale))
    if found is None:
        found = _Texts(get_translations())
        if locale is not None and _shared.get(str(locale)) is locale:
            _kept[id(locale)] = found
    return found


@pass_eval_context
def gettext(evaluated: EvalContext, text: str, /, **variables: Any) -> str:
    """A text in the reader's language; on pages its variables are escaped."""
    texts = _texts()
    if not evaluated.autoescape:
        said: str = texts.translations.ugettext(text)
        return said % variables
    if not variables:
        return texts.plain(text)
    return _page_text(texts.translations.ugettext(text)) % variables


@pass_eval_context
def ngettext(evaluated: EvalContext, singular: str, plural: str, number: int, /, **variables: Any) -> str:
    """A text that depends on a number, which is its variable ``num`` too."""
    said: str = _texts().translations.ungettext(singular, plural, number)
    return (_page_text(said) if evaluated.autoescape else said) % {"num": number, **variables}


def install(environment: Environment) -> None:
    """In the place of the extension's own."""
    environment.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)
