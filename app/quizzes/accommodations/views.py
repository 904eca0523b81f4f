"""The pages of those who grant accommodations."""

import uuid
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.core import access, clock
from app.core.access import require_actor
from app.core.database import release, transaction
from app.core.errors import Conflict, NotFound
from app.core.forms import as_uuid, choice
from app.core.languages import told, tr, zone_name
from app.quizzes import registry
from app.quizzes.accommodations import forms, policies, queries, services
from app.quizzes.accommodations.policies import GRANTERS

blueprint = Blueprint("accommodations", __name__)
blueprints = (blueprint,)

MAX_WORDS = 80


@blueprint.get("/accommodations")
@access.requires(*GRANTERS)
def show_list() -> str:
    """What holds, or what was withdrawn."""
    withdrawn = request.args.get("show") == "withdrawn"
    words = _words()
    page = queries.list_grants(
        require_actor(), withdrawn=withdrawn, words=words, page=request.args.get("page", 1, type=int)
    )
    show = "withdrawn" if withdrawn else None
    return render_template(
        "quizzes/accommodations/index.html",
        page=page.addressed(lambda number: url_for(".show_list", page=number, q=words or None, show=show)),
        withdrawn=withdrawn,
        words=words,
    )


@blueprint.get("/accommodations/new")
@access.requires(*GRANTERS)
def grant() -> str:
    """Find the person or choose the group; then the form."""
    whom = _whom()
    if whom is None:
        actor, words = require_actor(), _words()
        people = queries.find_people(actor, words)
        return render_template(
            "quizzes/accommodations/whom.html",
            words=words,
            people=people,
            most=queries.FOUND,
            groups=_groups(),
            quiz=request.args.get("quiz"),
        )
    form = _form()
    wanted = request.args.get("quiz", "")
    form.quiz_id.data = next((value for value, *_rest in form.quiz_id.iter_choices() if value == wanted), "")
    return _grant_page(whom, form)


@blueprint.post("/accommodations/new")
@access.requires(*GRANTERS)
def give() -> str | BaseResponse | tuple[str, int]:
    """Grant it; attempts under way get it at once."""
    actor, whom = require_actor(), _whom()
    if whom is None:
        raise NotFound
    form = _form()
    sound = form.validate_on_submit()
    allowance = form.allowance(actor.time_zone) if sound else None
    if allowance is None or form.complain(allowance):
        return _grant_page(whom, form), 422
    release()
    with transaction():
        granted = services.grant_accommodation(
            actor,
            whom.target,
            allowance,
            quiz_id=form.quiz_id.data,
            reason=form.reason.data or "",
            now=clock.now(),
        )
        moved, accommodation_id = len(granted.moved), granted.accommodation.id
    flash(_("The accommodation is granted."), "ok")
    if moved:
        flash(
            ngettext(
                "%(num)d attempt under way has it already; the candidate reads it within seconds.",
                "%(num)d attempts under way have it already; the candidates read it within seconds.",
                moved,
            ),
            "ok",
        )
    return redirect(url_for(".show", accommodation_id=accommodation_id))


@blueprint.get("/accommodations/<uuid:accommodation_id>")
@access.requires(*GRANTERS)
def show(accommodation_id: uuid.UUID) -> str:
    """One accommodation: what, for whom, why; and its withdrawal."""
    return _show_page(accommodation_id, forms.WithdrawForm(formdata=None))


@blueprint.post("/accommodations/<uuid:accommodation_id>/withdraw")
@access.requires(*GRANTERS)
def withdraw(accommodation_id: uuid.UUID) -> str | BaseResponse | tuple[str, int]:
    """Withdraw it for attempts that begin later."""
    actor, form = require_actor(), forms.WithdrawForm()
    if not form.validate_on_submit():
        return _show_page(accommodation_id, form), 422
    release()
    try:
        with transaction():
            services.withdraw_accommodation(
                actor, accommodation_id, reason=form.reason.data or "", now=clock.now()
            )
    except Conflict as refused:
        flash(told(refused), "attention")
    else:
        flash(_("Withdrawn. Attempts under way keep what they have."), "ok")
    return redirect(url_for(".show", accommodation_id=accommodation_id))


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom the form is for: as the service, the page and the address say it."""

    target: services.Whom
    name: str
    note: str
    arguments: dict[str, str]


def _words() -> str:
    return request.args.get("q", "").strip()[:MAX_WORDS]


def _groups() -> dict[str, str]:
    """The groups that the actor may grant something to, by their value in the address."""
    actor = require_actor()
    found: dict[str, str] = {}
    for kind, groups in registry.group_kinds().items():
        offered = groups.choices(actor)
        about = groups.about([group_id for group_id, _name in offered])
        for group_id, name in offered:
            if policies.can_grant_to(actor, None, about[group_id].organisation_id):
                found[f"{kind}:{group_id}"] = f"{groups.label}{_(': ')}{name}"
    return found


def _whom() -> _Whom | None:
    """The person or group in the address; None when nobody is named yet. Raises NotFound for those of others."""
    if named := request.args.get("person"):
        person = queries.get_person(require_actor(), _identifier(named))
        target = services.Whom(person_id=person.id)
        return _Whom(target, person.name, person.student_number or "", {"person": str(person.id)})
    if named := request.args.get("group"):
        groups = _groups()
        if named not in groups:
            raise NotFound
        kind, group_id = named.split(":")
        return _Whom(services.Whom(group=(kind, _identifier(group_id))), groups[named], "", {"group": named})
    return None


def _identifier(value: str) -> uuid.UUID:
    try:
        found = as_uuid(value)
    except ValueError:
        found = None
    if found is None:
        raise NotFound
    return found


def _form() -> forms.GrantForm:
    form = forms.GrantForm() if request.method == "POST" else forms.GrantForm(formdata=None)
    form.quiz_id.choices = [
        choice("", _("Every examination")),
        *(choice(quiz_id, tr(title)) for quiz_id, title in queries.list_examinations()),
    ]
    return form


def _grant_page(whom: _Whom, form: forms.GrantForm) -> str:
    return render_template(
        "quizzes/accommodations/grant.html", whom=whom, form=form, zone=zone_name(require_actor().time_zone)
    )


def _show_page(accommodation_id: uuid.UUID, form: forms.WithdrawForm) -> str:
    grant = queries.get_grant(require_actor(), accommodation_id)
    return render_template(
        "quizzes/accommodations/show.html",
        grant=grant,
        form=form,
        moved=queries.attempts_moved_by(grant.accommodation),
    )
