"""Languages and time zones of the interface (zh_Hans first, en)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import get_timezone_location
from flask import Flask, has_request_context, request
from flask_babel import Babel, gettext

from app.core import clock, translating
from app.core.access import current_actor
from app.core.catalogues import FOLDER, compile_catalogues
from app.core.errors import DomainError
from app.core.messages import Message, message_from
from app.core.text import Bilingual, in_language

LOCALES: Final = {"zh_Hans": "简体中文", "en": "English"}
COOKIE: Final = "language"
DEFAULT_ZONE: Final = "Asia/Shanghai"

babel = Babel()


def choose_locale() -> str:
    """The person's own choice, then this browser's, then what it asks for, then Chinese."""
    if not has_request_context():
        return "zh_Hans"
    chosen = request.cookies.get(COOKIE)
    if chosen in LOCALES:
        return chosen
    actor = current_actor() if request.endpoint else None
    if actor is not None:
        return actor.locale
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en"])
    return "en" if best == "en" else "zh_Hans"


def _choose_shared() -> Locale:
    """The same as an object, which babel takes as it is."""
    return translating.shared_locale(choose_locale())


def choose_zone() -> str:
    actor = current_actor() if has_request_context() and request.endpoint else None
    return actor.time_zone if actor else DEFAULT_ZONE


def locale_name() -> str:
    """The interface language of this request: ``zh_Hans`` or ``en``."""
    locale = translating.present_locale()
    return "en" if locale is not None and locale.language == "en" else "zh_Hans"


def tr(text: Bilingual | Mapping[str, Any] | None) -> str:
    """A bilingual value in the reader's language (the template filter ``|tr``)."""
    return in_language(text, locale_name())


def said(kept: Message | Mapping[str, Any]) -> str:
    """A kept sentence in the reader's language as plain text (the template filter ``|said``)."""
    message = kept if isinstance(kept, Message) else message_from(kept)
    if message.english and locale_name() == "en":
        return message.english
    values = {name: said(one) if isinstance(one, Message) else one for name, one in message.values.items()}
    return str(gettext(message.text, **values))


def told(error: DomainError) -> str:
    """What an error says, in the reader's language."""
    return said(error.message) if isinstance(error.message, Message) else error.message


def _zone() -> ZoneInfo:
    return ZoneInfo(choose_zone())


def local_day(moment: datetime) -> date:
    """The day that it is for the reader at a moment."""
    return moment.astimezone(_zone()).date()


def local_moment(given: datetime) -> datetime:
    """What a form for day and time holds, in the reader's zone, as a moment."""
    return given.replace(tzinfo=_zone())


def format_day(moment: datetime | None) -> str:
    """2026年11月22日 or 22 Nov 2026, in the reader's zone (a date is taken as it stands)."""
    if moment is None:
        return ""
    return _day_text(moment.astimezone(_zone()) if isinstance(moment, datetime) else moment)


def _day_text(day: date) -> str:
    if locale_name() == "en":
        return f"{day.day} {day:%b %Y}"
    return f"{day.year}年{day.month}月{day.day}日"


def _offset(local: datetime) -> str:
    """UTC+8, UTC+5.5"""
    hours = (local.utcoffset() or local - local).total_seconds() / 3600
    return f"UTC{hours:+g}"


def _in_brackets(text: str, more: str) -> str:
    return f"{text} ({more})" if locale_name() == "en" else f"{text}（{more}）"


def format_moment(moment: datetime | None, zone: str = "") -> str:
    """Day and time with the zone, for deadlines: 2026年11月22日 14:00（UTC+8）. In the reader's zone, unless
    another is given: that of somebody who is written to."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone) if zone else _zone())
    return _in_brackets(f"{_day_text(local)} {local:%H:%M}", _offset(local))


def format_second(moment: datetime) -> str:
    """The same to the second, for what somebody may have to prove: 2026年11月22日 14:00:07（UTC+8）."""
    local = moment.astimezone(_zone())
    return _in_brackets(f"{format_day(moment)} {local:%H:%M:%S}", _offset(local))


def format_time(moment: datetime) -> str:
    """The time of day in the reader's zone: 14:00."""
    return f"{moment.astimezone(_zone()):%H:%M}"


def zone_name(zone: str) -> str:
    """A time zone's city and present offset in the reader's language: 上海（UTC+8）."""
    city = get_timezone_location(zone, locale=locale_name(), return_city=True)
    return _in_brackets(city, _offset(clock.now().astimezone(ZoneInfo(zone))))


def init_languages(app: Flask) -> None:
    app.config.update(BABEL_DEFAULT_LOCALE="zh_Hans", BABEL_TRANSLATION_DIRECTORIES=str(FOLDER))
    compile_catalogues()
    babel.init_app(app, locale_selector=_choose_shared, timezone_selector=choose_zone)
    translating.install(app.jinja_env)
    app.jinja_env.filters.update(
        tr=tr, said=said, told=told, day=format_day, moment=format_moment, second=format_second
    )

    @app.context_processor
    def _language() -> dict[str, object]:
        name = locale_name()
        return {
            "locale": name,
            "lang_tag": "en" if name == "en" else "zh-CN",
            "locales": LOCALES,
        }
