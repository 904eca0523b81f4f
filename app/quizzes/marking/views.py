"""The markers' pages: the queues, one queue, one answer."""

import uuid
from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import Actor, require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, NotFound
from app.core.forms import member_of
from app.core.languages import locale_name
from app.files import services as files
from app.quizzes import grading, rendering
from app.quizzes.grading.file_types import KINDS
from app.quizzes.marking import forms, policies, queries, rules, services, words
from app.quizzes.marking.answers import Task
from app.quizzes.marking.unnamed import unnamed
from app.quizzes.models import Upload
from app.quizzes.queries import uploads_of
from app.quizzes.releases.policies import can_release

blueprint = Blueprint("marking", __name__)
blueprints = (blueprint,)


@blueprint.get("/marking")
@access.requires(*policies.MARKERS)
def show_queue() -> str:
    """What waits, by examination and question."""
    queues = queries.list_queues(require_actor())
    return render_template("quizzes/marking/index.html", queues=queues, now=clock.now())


@blueprint.get("/marking/examinations/<string:key>/<uuid:question_id>")
@access.requires(*policies.MARKERS)
def show_question(key: str, question_id: uuid.UUID) -> str:
    """One queue: how far it is, how the marks spread, its answers."""
    actor = require_actor()
    queue = queries.get_queue(actor, key, question_id)
    tasks = queries.list_tasks(actor, key, question_id)
    overview = words.overview_of(tasks, actor.person_id, grading.marks_of(queue.body), queue.body)
    responsible = can_release(actor)
    show = member_of(words.Show, request.args.get("show")) or words.Show.ALL
    chosen = words.chosen(tasks, show, request.args.get("page", 1, type=int), doubly=bool(overview.stages))

    def address(each: words.Show, page: int | None = None) -> str:
        filtered = None if each is words.Show.ALL else each.value
        return url_for(".show_question", key=key, question_id=question_id, show=filtered, page=page)

    return render_template(
        "quizzes/marking/question.html",
        queue=queue,
        page=chosen.page.addressed(lambda number: address(show, number)),
        chips=[
            (each, label, address(each), chosen.counts[each])
            for each, label in _shows().items()
            if each in chosen.counts
        ],
        show=show,
        spreads=overview.spreads,
        own_only=overview.own_only,
        marks_given=overview.marks_given,
        stages=overview.stages,
        limit=words.plain(overview.limit),
        figures=_figures(overview, actor, responsible=responsible),
        responsible=responsible,
        texts=rendering.Texts(locale_name()),
        now=clock.now(),
    )


def _shows() -> dict[words.Show, str]:
    return {
        words.Show.ALL: _("All"),
        words.Show.WAITING: _("Wait for you"),
        words.Show.THIRD: _("Two marks differ"),
        words.Show.MINE: _("Marked by you"),
        words.Show.SETTLED: _("Mark settled"),
    }


def _figures(
    overview: words.Overview, actor: Actor, *, responsible: bool
) -> list[tuple[str, rules.MarkerFigures]]:
    """Each marker's line with what she is called: by name only to the one responsible."""
    found = sorted(overview.figures, key=lambda each: rules.order_for(actor.person_id, each.marker_id))
    names = queries.names_of([each.marker_id for each in found]) if responsible else {}
    lines = []
    for number, each in enumerate(found, start=1):
        own = each.marker_id == actor.person_id
        label = _("You") if own else names.get(each.marker_id) or _("Marker %(number)s", number=number)
        lines.append((str(label), each))
    return lines


@blueprint.get("/marking/examinations/<string:key>/<uuid:question_id>/next")
@access.requires(*policies.MARKERS)
def show_next(key: str, question_id: uuid.UUID) -> BaseResponse:
    """On to the next answer that waits; to the queue when there is none."""
    actor = require_actor()
    queue = queries.get_queue(actor, key, question_id)
    after = request.args.get("after", type=uuid.UUID)
    task_id = queries.next_task(actor, key, question_id, after)
    if task_id is None:
        return redirect(url_for(".show_question", key=queue.key, question_id=question_id))
    return redirect(url_for(".show_answer", task_id=task_id))


@blueprint.get("/marking/answers/<uuid:task_id>")
@access.requires(*policies.MARKERS)
def show_answer(task_id: uuid.UUID) -> str:
    """An answer beside its rubric."""
    task = queries.get_task(require_actor(), task_id)
    mark = task.mark
    filled = forms.from_mark(task.parts, mark.given, mark.comment) if mark else forms.Filled()
    return _answer_page(task, filled)


@blueprint.post("/marking/answers/<uuid:task_id>")
@access.requires(*policies.MARKERS)
def save_mark(task_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Give the mark, then on to the next answer; what was typed is kept when it cannot be taken.

    The script asks for JSON: where to go once it is saved. What is refused is a page for it, too.
    """
    actor = require_actor()
    task = queries.get_task(actor, task_id)
    filled = forms.read(task.parts, request.form)
    if filled.errors:
        return _answer_page(task, filled), 422
    seen = request.form.get("seen", 0, type=int)
    try:
        with transaction():
            services.save_mark(actor, task_id, filled.given, filled.comment, seen=seen, now=clock.now())
    except Conflict as conflict:
        return _answer_page(queries.get_task(actor, task_id), filled, conflict), 409
    queue = queries.get_queue(actor, task.key, task.question_id)
    flash(_saved_text(queue.for_me), "ok")
    onward = url_for(".show_next", key=task.key, question_id=task.question_id, after=task_id)
    return jsonify(next=onward) if request.accept_mimetypes.best == "application/json" else redirect(onward)


def _saved_text(waiting: int) -> str:
    if not waiting:
        return str(_("Saved. No answer to this question waits for you any more."))
    return str(
        ngettext(
            "Saved. %(num)d answer still waits for you.", "Saved. %(num)d answers still wait for you.", waiting
        )
    )


@blueprint.get("/marking/answers/<uuid:task_id>/files/<int:number>")
@access.requires(*policies.MARKERS)
def download_file(task_id: uuid.UUID, number: int) -> Response:
    """A file that was handed in, without what says whose it is in its name and its properties."""
    task = queries.get_task(require_actor(), task_id)
    received = _files(task)
    if not 1 <= number <= len(received):
        raise NotFound
    upload = received[number - 1]
    kind, digest = upload.kind, upload.digest
    release()  # taking a large file apart keeps no connection
    data = unnamed(kind, files.read(current_app.extensions["academy.settings"].data_dir, digest))
    response = current_app.response_class(data, content_type=KINDS[kind])
    suffix = {"jpeg": "jpg", "text": "txt"}.get(kind, kind)
    response.headers.set("Content-Disposition", "attachment", filename=f"answer-{task.code}-{number}.{suffix}")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _files(task: Task) -> list[Upload]:
    """The files of the answer that were received for this very question, in their order."""
    named = task.response.get("files", [])
    received = uploads_of([task.item_id]).get(task.item_id, {}) if named else {}
    return [received[digest] for digest in named if digest in received]


def _answer_page(task: Task, filled: forms.Filled, conflict: Conflict | None = None) -> str:
    actor = require_actor()
    texts = rendering.Texts(locale_name())
    parts = task.parts
    # Her own mark stands in the form while she may change it.
    shown = [mark for mark in task.shown if not (task.editable and mark is task.mark)]
    return render_template(
        "quizzes/marking/answer.html",
        task=task,
        queue=queries.get_queue(actor, task.key, task.question_id),
        view=rendering.question_view(task.body, texts, layout=task.layout),
        files=_files(task),
        parts=[words.form_of(part, texts) for part in parts],
        to_mark={part.name for part in parts},
        lengths=words.lengths_of(parts, task.response),
        given=[words.mark_shown(task.body, task.marks, mark, texts) for mark in shown],
        filled=filled,
        labels=_labels(parts, texts),
        conflict=conflict,
        apart=words.plain(task.panel.apart),
        limit=words.plain(task.panel.max_difference),
        next_id=queries.next_task(actor, task.key, task.question_id, task.id),
        max_comment=rules.MAX_COMMENT,
        own_comments=queries.own_comments(actor, task.question_id),
    )


def _labels(parts: list[rules.Part], texts: rendering.Texts) -> dict[str, Any]:
    """What each field of the form is called in the list of errors."""
    labels: dict[str, Any] = {forms.COMMENT: _("Comment for the candidate")}
    for part in parts:
        labels |= {part.field(row["id"]): texts.line(row["text"]) for row in part.rubric}
        labels.setdefault(part.field(), _("Points"))
    return labels
