"""The blueprint of these views, and how they show a text as its readers will see it."""

import uuid
from dataclasses import dataclass
from functools import partial

from flask import Blueprint
from flask_babel import gettext as _
from markupsafe import Markup

from app.core import access, markdown
from app.core.database import release
from app.courses.authoring.policies import AUTHORS
from app.courses.authoring.queries import faults_of
from app.courses.authoring.rules import Manifest, figures_in
from app.courses.authoring.sources import media_of
from app.courses.editing.queries import media_path
from app.courses.rendering import drawing, render_section
from app.courses.reviewing.queries import FileChange
from app.library.queries import library

blueprint = Blueprint("reviewing", __name__)
author_only = access.requires(*AUTHORS)
author_only_reads_first = access.requires(*AUTHORS, reads_first=True)


def read_first(draft_id: uuid.UUID) -> None:
    """Read the draft's files, which takes longest and is kept, before a transaction holds everybody else up."""
    faults_of(draft_id)
    release()


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A changed section before and after, rendered; None where it did not exist."""

    title: str
    before: Markup | None
    after: Markup | None


def shown_sections(change: FileChange, course_key: str, before: Manifest, after: Manifest) -> list[ShownSection]:
    """The changed sections of a lesson as readers see them."""
    old, new = markdown.parse(change.before or ""), markdown.parse(change.after or "")
    draw_old, draw_new = (_drawing(course_key, files) for files in (before, after))
    locale = "en" if change.path.endswith(".en.md") else "zh_Hans"
    return [
        ShownSection(
            title=pair.title,
            before=_rendered(old, pair.before, locale, draw_old),
            after=_rendered(new, pair.after, locale, draw_new),
        )
        for pair in change.sections()
    ]


def _drawing(course_key: str, files: Manifest) -> markdown.Draw:
    return drawing(figures_in(files), media_of(files.values()), partial(media_path, course_key))


def _named(block: markdown.QuestionSlot | markdown.PlacedMedia) -> str:
    if isinstance(block, markdown.QuestionSlot):
        return str(_("Check question %(key)s", key=block.key))
    return str(_("Recording %(name)s: %(title)s", name=block.name, title=block.title))


def _rendered(
    document: markdown.Document, section: markdown.Section | None, locale: str, draw: markdown.Draw
) -> Markup | None:
    if section is None:
        return None
    blocks = render_section(document, section, locale, library(), draw=draw)
    return Markup("").join(
        block.html if isinstance(block, markdown.Html) else Markup("<p><em>{}</em></p>").format(_named(block))
        for block in blocks
    )
