"""The record of an examination: on a page that prints, and as a file."""

from functools import partial

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.accounts.queries import people_named
from app.audit import services as audit
from app.core import access, clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import NotFound
from app.core.publishing import send_table
from app.core.spreadsheets import Row, write_table
from app.quizzes.invigilation import policies, queries, register, register_words, seating, words
from app.quizzes.invigilation.board import Seen, Snapshot

blueprint = Blueprint("register", __name__)


@blueprint.get("/invigilation/<string:key>/register")
@access.requires(*policies.INVIGILATORS)
def show(key: str) -> str:
    """Who came and who did not, to be printed and signed."""
    examined, now = queries.get_examination(key), clock.now()
    seen, group = _seen(key)
    rows = _rows(seen, partial(words.when, now=now))
    return render_template(
        "quizzes/invigilation/register.html",
        key=key,
        title=examined.title,
        tally=seating.tally(seen),
        tally_words=words.tally(),
        rows=rows,
        columns=register_words.columns_of(rows),
        group=group,
        now=now,
    )


@blueprint.post("/invigilation/<string:key>/register/<any(csv, xlsx):form>")
@access.requires(*policies.INVIGILATORS, reads_first=True)
def download(key: str, form: str) -> Response:
    """The same as a file, where there is anything; that it was taken is on record."""
    actor, examined = require_actor(), queries.get_examination(key)
    seen, group = _seen(key)
    rows = _rows(seen, words.in_full)
    if not rows:
        raise NotFound(_("There is nothing to record"))
    data = write_table(form, _("Record of the examination"), rows)
    release()
    with transaction():
        audit.record(
            actor,
            "invigilation.export_register",
            examined.quiz_id,
            subject_type="quizzes",
            rows=len(rows),
            group=group,
            form=form,
        )
    return send_table(data, form, f"register-{key}")


def _seen(key: str) -> tuple[Seen, str]:
    """Whom she invigilates, of the cohort that the address names."""
    group = request.args.get("group", "")
    return Snapshot.read(key, clock.now()).seen_by(require_actor()).of_group(group), group


def _rows(seen: Seen, say: register_words.Say) -> list[Row]:
    lines = register.lines_of(seen)
    people = people_named({actor_id for line in lines for actor_id in line.actors})
    return register_words.rows_of(lines, people, say)
