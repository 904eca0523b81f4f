"""The lesson editor, its live page, and what the author says of translations."""

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response as FlaskResponse
from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.core import clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Invalid
from app.core.languages import locale_name
from app.core.text import in_language, language_of
from app.core.web import CONTENT_SECURITY_POLICY
from app.courses.authoring import queries as drafts
from app.courses.content.pictures import MAX_BYTES
from app.courses.editing import outlines, previews, services, texts, words
from app.courses.editing.previews import Preview
from app.courses.editing.queries import Work
from app.courses.editing.texts import LessonPath
from app.courses.editing.views.blueprint import author, author_only, author_only_reads_first, blueprint, work
from app.library.queries import library

LANGUAGES = ("zh", "en")
LESSON = "/authoring/<string:course_key>/lessons/<string:module_key>/<string:lesson_key>"
#: A lesson of 500 pages would fit.
_MOST = 1_000_000


@blueprint.get(LESSON)
@author_only
def edit_lesson(course_key: str, module_key: str, lesson_key: str) -> Response:
    """Both languages side by side, each beside its live page."""
    place = work(course_key)
    sources = {tag: place.text(place.lesson_path(module_key, lesson_key, tag)) for tag in LANGUAGES}
    return _page(place, module_key, lesson_key, sources)


@blueprint.post(LESSON)
@author_only
def save_lesson(course_key: str, module_key: str, lesson_key: str) -> Response:
    """Both texts from the form, for browsers without our script; each with the version it was filled from."""
    place = work(course_key)
    sent = {tag: request.form.get(f"text-{tag}", "").replace("\r\n", "\n") for tag in LANGUAGES}
    if request.form.get("action") == "preview":
        return _page(place, module_key, lesson_key, sent)
    conflict = None
    with transaction():
        for tag, text in sent.items():
            path = place.lesson_path(module_key, lesson_key, tag)
            version = request.form.get(f"version-{tag}", "")
            if not version.isdecimal():
                raise Invalid("version: a number")
            if text != drafts.text_of(place.draft.id, path, int(version)):
                saved = services.save(author(), place, path, text, base_version=int(version))
                conflict = saved.conflict_id or conflict
    if conflict:
        return redirect(url_for(".show_conflict", course_key=course_key, conflict_id=conflict), 303)
    flash(_("Saved."), "ok")
    return redirect(
        url_for(".edit_lesson", course_key=course_key, module_key=module_key, lesson_key=lesson_key), 303
    )


def _page(place: Work, module_key: str, lesson_key: str, sources: Mapping[str, str]) -> Response:
    nonce = secrets.token_urlsafe(16)
    outline = place.mapping(f"{module_key}/module.yaml")
    entries = [entry for entry in outlines.listed(outline, "lessons") if isinstance(entry, dict)]
    entry = next((one for one in entries if one.get("id") == lesson_key), {"id": lesson_key})
    preview = previews.lesson_preview(place, module_key, lesson_key, sources)
    conflicts = [
        one
        for tag in LANGUAGES
        for one in drafts.conflicts_of(place.draft.id, place.lesson_path(module_key, lesson_key, tag))
    ]
    html = render_template(
        "courses/editing/lesson.html",
        work=place,
        course=place.mapping("course.yaml"),
        module=outline,
        module_key=module_key,
        lesson=entry,
        lesson_key=lesson_key,
        entries=entries,
        sources=sources,
        versions={tag: place.head(place.lesson_path(module_key, lesson_key, tag)).version for tag in LANGUAGES},
        preview=preview,
        conflicts=conflicts,
        data=_data(place, module_key, lesson_key, nonce),
    )
    response = current_app.make_response(previews.with_media(html, place))
    # CodeMirror writes one style element; it bears the nonce, nothing else may
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'nonce-{nonce}'")
    response.headers["Content-Security-Policy"] = policy
    return response


@blueprint.post(f"{LESSON}/preview")
@author_only_reads_first
def preview_lesson(course_key: str, module_key: str, lesson_key: str) -> FlaskResponse:
    """Both texts as they stand on the screen: their pages, outlines, faults and advice. Nothing is kept."""
    data: Any = request.get_json(silent=True)
    sources: dict[str, Any] = {tag: data.get(tag) for tag in LANGUAGES} if isinstance(data, dict) else {}
    if not sources or not all(isinstance(text, str) and len(text) <= _MOST for text in sources.values()):
        raise Invalid("zh, en: texts")
    place = work(course_key)
    found = previews.lesson_preview(place, module_key, lesson_key, sources)
    side = render_template(
        "courses/editing/_side.html",
        preview=found,
        work=place,
        module_key=module_key,
        lesson_key=lesson_key,
    )
    return jsonify(
        side=side,
        lagging=sorted(found.lagging),
        **{tag: _language(place, one) for tag, one in found.languages.items()},
    )


def _language(place: Work, one: Preview) -> dict[str, Any]:
    html = render_template("courses/editing/_page.html", preview=one, work=place)
    return {
        "html": previews.with_media(html, place),
        "headings": [{"key": heading.key, "line": heading.line} for heading in one.headings],
        "notices": [
            *(_notice(fault.line, fault.column, "fault", words.fault_words(fault)) for fault in one.faults),
            *(_notice(item.line, item.column, "advice", words.advice_words(item)) for item in one.advice),
        ],
    }


def _notice(line: int, column: int, kind: str, text: str) -> dict[str, Any]:
    return {"line": line, "column": column, "kind": kind, "text": text}


@blueprint.post(f"{LESSON}/sections/<string:section_key>/confirm-translation")
@author_only
def confirm_translation(course_key: str, module_key: str, lesson_key: str, section_key: str) -> Response:
    """The English of a section still says what its Chinese says."""
    with transaction():
        place = work(course_key)
        chinese = texts.section_digests(place.text(place.lesson_path(module_key, lesson_key, "zh")))
        if section_key not in chinese:
            raise Invalid(_("The section is no longer there."))
        services.confirm_translation(
            author(), place, LessonPath(module_key, lesson_key, "en"), section_key, chinese[section_key]
        )
    flash(_("Marked as up to date."), "ok")
    return redirect(
        url_for(".edit_lesson", course_key=course_key, module_key=module_key, lesson_key=lesson_key), 303
    )


# --- what the script needs ---------------------------------------------------------------------------------


def _data(place: Work, module_key: str, lesson_key: str, nonce: str) -> dict[str, Any]:
    at: dict[str, Any] = {"course_key": place.key, "module_key": module_key, "lesson_key": lesson_key}
    return {
        "nonce": nonce,
        "language": language_of(locale_name()),
        "person": str(require_actor().person_id),
        "draft": str(place.draft.id),
        "now": clock.now().isoformat(),
        "files": url_for(".read_file", course_key=place.key, path="-").removesuffix("-"),
        "preview": url_for(".preview_lesson", **at),
        "presence": url_for(".note_presence", course_key=place.key),
        "figures": url_for(".add_figure", course_key=place.key),
        "media": url_for(".name_recordings", course_key=place.key),
        "figureLimit": MAX_BYTES,
        "formula": url_for(".preview_formula"),
        "paths": {tag: place.lesson_path(module_key, lesson_key, tag) for tag in LANGUAGES},
        "versions": {tag: place.head(place.lesson_path(module_key, lesson_key, tag)).version for tag in LANGUAGES},
        "instruments": _instruments(),
        "terms": [{"zh": str(term["zh"]), "en": str(term["en"])} for term in library().terms],
        "questions": _questions(place, module_key),
        "words": _words(),
        "phrases": _phrases(),
    }


def _instruments() -> list[dict[str, Any]]:
    locale = locale_name()
    notes = sorted(library().instruments.values(), key=lambda note: (note.jurisdiction, note.key))
    return [
        {
            "key": note.key,
            "jurisdiction": note.jurisdiction,
            "name": note.name(locale),
            "words": " ".join((note.name("zh_Hans"), note.name("en"), str(note.data.get("number") or ""))),
            "pins": [str(provision["pin"]) for provision in note.data.get("provisions", ())],
            "pinned": bool(note.data.get("pin")),
        }
        for note in notes
    ]


def _questions(place: Work, module_key: str) -> list[dict[str, str]]:
    found = outlines.questions_in(place.mapping(f"{module_key}/questions.yaml"))
    return [
        {"key": one.key, "prompt": in_language(one.prompt, locale_name())[:140]}
        for one in found
        if one.use == "check" and one.key
    ]


def _words() -> dict[str, str]:
    return {
        "dirty": _("Not yet saved"),
        "saving": _("Saving …"),
        "saved": _("Saved at {time}"),
        "allSaved": _("Everything is saved"),
        "offline": _("Offline: kept in this browser, sent when you are back"),
        "offlineUnkept": _("Offline: not saved. Do not close this page"),
        "busy": _("The server does not answer: kept in this browser, sent again soon"),
        "signed-out": _("You are signed out: sign in again in another window, then this one goes on"),
        "conflict": _("Stopped: somebody changed the same lines"),
        "refused": _("Not saved"),
        "noStorage": _("This browser keeps nothing for later: stay online until “Saved” is shown."),
        "conflictText": _(
            "Somebody changed the same lines while you wrote. Your text is kept whole, and theirs too."
        ),
        "conflictLink": _("Compare and bring both together"),
        "merged": _("Somebody else saved; both changes are in the text now."),
        "recovered": _("What was not yet sent when this page was closed is back in the text."),
        "present": _("Also writing here: {names}"),
        "yourself": _("you, in another window"),
        "comma": _(", "),
        "keyTaken": _("Give the section an id that no other section has."),
        "nothingFound": _("Nothing found."),
        "figureOffline": _("You are offline; a figure needs the server. Your text is kept."),
        "figureFailed": _("The figure was not taken."),
        "formulaOffline": _("You are offline; the formula is shown when you are back."),
        "figureTooLarge": _("The picture has more than 10 MB. Save it smaller."),
        "table_zh": "|  |  |\n|---|---|\n|  |  |",
        "table_en": "|  |  |\n|---|---|\n|  |  |",
    }


def _phrases() -> dict[str, str]:
    """CodeMirror's own words."""
    names = (
        "Find",
        "Replace",
        "next",
        "previous",
        "all",
        "match case",
        "by word",
        "regexp",
        "replace",
        "replace all",
    )
    meant = (
        *(
            _("Find"),
            _("Replace with"),
            _("Next"),
            _("Previous"),
            _("All matches"),
            _("Match case"),
            _("Whole words"),
        ),
        *(
            _("Regular expression"),
            _("Replace this"),
            _("Replace all"),
        ),
    )
    return dict(zip(names, meant, strict=True)) | {"close": _("Close"), "Diagnostics": _("What the checks say")}
