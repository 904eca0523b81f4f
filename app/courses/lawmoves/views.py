"""The pages of those who follow up changes of law."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Conflict, Invalid
from app.core.forms import as_uuid
from app.core.languages import told
from app.courses.lawmoves import policies, queries, services
from app.courses.lawmoves.forms import SettleForm
from app.courses.lawmoves.registry import consequences_of
from app.courses.lawmoves.rules import Kind, TaskState
from app.courses.queries import titles_of

blueprint = Blueprint("lawmoves", __name__)
blueprints = (blueprint,)


@blueprint.get("/teaching/law-changes")
@access.requires(*policies.FOLLOWERS)
def list_changes() -> str:
    """Every recorded change of law, and how many passages still wait."""
    return render_template("courses/lawmoves/index.html", lines=queries.list_changes())


@blueprint.get("/teaching/law-changes/<uuid:change_id>")
@access.requires(*policies.FOLLOWERS)
def show_change(change_id: uuid.UUID) -> str:
    """One change: the passages, questions, examinations and certificates that rest on the law before."""
    return _page(change_id, SettleForm(formdata=None))


@blueprint.post("/teaching/law-changes/<uuid:change_id>")
@access.requires(*policies.FOLLOWERS)
def settle(change_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
    """Say what became of the chosen passages."""
    form = SettleForm()
    if not form.validate():
        return _page(change_id, form), 422
    try:
        with transaction():
            settled = services.settle(
                require_actor(),
                queries.get_change(change_id),
                _chosen(),
                state=TaskState(form.state.data),
                reason=form.reason.data,
                now=clock.now(),
            )
    except (Conflict, Invalid) as error:
        return _page(change_id, form, told(error)), error.status
    flash(ngettext("%(num)d passage is settled.", "%(num)d passages are settled.", settled), "ok")
    return redirect(url_for(".show_change", change_id=change_id), 303)


def _chosen() -> set[uuid.UUID]:
    given = (as_uuid(value) for value in request.form.getlist("task"))
    return {task_id for task_id in given if task_id is not None}


def _page(change_id: uuid.UUID, form: SettleForm, error: str = "") -> str:
    change = queries.get_change(change_id)
    tasks = queries.tasks_of(change)
    return render_template(
        "courses/lawmoves/show.html",
        change=change,
        tasks=tasks,
        titles=titles_of({task.course_key for task in tasks}),
        chosen=_chosen(),
        examinations=queries.examinations_of(tasks),
        consequences=consequences_of(require_actor(), change),
        form=form,
        error=error,
        Kind=Kind,
        TaskState=TaskState,
    )
