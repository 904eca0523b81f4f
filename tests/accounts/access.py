"""Who gets which answer at the routes of accounts."""

from collections.abc import Callable
from typing import Literal

from app.accounts.models import LinkPurpose, PersonState
from app.accounts.services.links import make_link
from app.core import clock
from app.core.access import Role
from app.core.database import transaction
from tests.access_matrix import Answers, Row, everybody, only, signed_in
from tests.support.cast import Cast, make_login, make_person

STAFF = ("registrar", "administrator")


def _link(purpose: LinkPurpose) -> str:
    person = make_person(None, state=PersonState.INVITED)
    with transaction():
        address = make_link(person, purpose, clock.now())
    return address.removeprefix("https://academy.example")


def invitation(_cast: Cast) -> str:
    return _link(LinkPurpose.INVITATION)


def reset(_cast: Cast) -> str:
    return _link(LinkPurpose.RESET)


def trainee(suffix: str = "") -> Callable[[Cast], str]:
    return lambda cast: f"/people/{cast.trainee.id}{suffix}"


def instructors_grant(cast: Cast) -> str:
    person = make_person(cast.university, Role.INSTRUCTOR)
    from_her = "00000000-0000-7000-8000-000000000000"
    return f"/people/{person.id}/roles/{from_her}/end"


def somebodys_device(cast: Cast) -> str:
    return f"/account/devices/{make_login(make_person(cast.university)).id}/end"


def row(
    endpoint: str,
    path: str | Callable[[Cast], str],
    answers: Answers,
    method: Literal["get", "post"] = "get",
    **data: str,
) -> Row:
    return Row(f"accounts.{endpoint}", path, answers, method, data)


STAFF_PAGE = only(*STAFF, other_registrar=200)
HER_STAFF = only(*STAFF, other_registrar=404)

ROWS = (
    row("sign_in", "/sign-in", signed_in(302) | {"visitor": 200}),
    row("sign_in_again", "/sign-in/again", everybody(302), "post"),
    row("sign_in", "/sign-in", signed_in(302) | {"visitor": 422}, "post"),
    row("sign_out", "/sign-out", signed_in(302), "post"),
    row("show_invitation", invitation, everybody()),
    row("show_invitation", invitation, everybody(422), "post"),
    row("forgotten", "/password/forgotten", everybody()),
    row("forgotten", "/password/forgotten", everybody(422), "post"),
    row("show_reset", reset, everybody()),
    row("show_reset", reset, everybody(422), "post"),
    row("show_privacy", "/privacy", everybody()),
    row("show_privacy", "/privacy?version=1999-01-01", everybody(404)),
    row("give_consent", "/privacy/consent", everybody(302)),
    row("give_consent", "/privacy/consent", everybody(302), "post", consent="y"),
    row("profile", "/account", signed_in()),
    row("profile", "/account", signed_in(422), "post"),
    row("names", "/account/names", signed_in()),
    row("names", "/account/names", signed_in(422), "post"),
    row("password", "/account/password", signed_in()),
    row("password", "/account/password", signed_in(422), "post"),
    row("devices", "/account/devices", signed_in()),
    row("end_device", somebodys_device, signed_in(404), "post"),
    row("end_other_devices", "/account/devices/end-others", signed_in(302), "post"),
    row("data", "/account/data", signed_in()),
    row("download_data", "/account/data/download", signed_in()),
    row("list_people", "/people", STAFF_PAGE),
    row("invite", "/people/invite", STAFF_PAGE),
    row("invite", "/people/invite", only(*STAFF, ok=422, other_registrar=422), "post"),
    row("show_person", trainee(), HER_STAFF),
    row("show_person", "/people/00000000-0000-7000-8000-000000000000", only(*STAFF, "other_registrar", ok=404)),
    row("show_person", "/people/not-an-id", everybody(404)),
    row("grant_role", trainee("/roles"), only("administrator", ok=422), "post"),
    row("end_role", instructors_grant, only("administrator", ok=404), "post"),
    row("suspend", trainee("/suspend"), only("administrator")),
    row("suspend", trainee("/suspend"), only("administrator", ok=422), "post"),
    row("restore", trainee("/restore"), only("administrator")),
    row("restore", trainee("/restore"), only("administrator", ok=422), "post"),
    row("send_link", trainee("/link"), only(*STAFF, ok=302, other_registrar=404), "post"),
    row("end_sessions", trainee("/end-sessions"), only("administrator", ok=302), "post"),
)
