"""Who gets which answer at the routes of cohorts."""

from collections.abc import Callable

from app.cohorts import roster_services
from app.cohorts.models import Cohort
from app.cohorts.queries import get_managed_cohort
from app.core.database import release, transaction
from tests.access_matrix import Answers, Row, everybody, only, signed_in
from tests.support.cast import Cast
from tests.support.cohorts import join, make_cohort, registrar_of
from tests.support.courses import sync_folder

KEEPERS = ("registrar", "administrator")
#: The staff of the cohort's organisation; national staff see every cohort.
STAFF = (*KEEPERS, "instructor", "certifier", "second_certifier")
NOBODY = "00000000-0000-7000-8000-000000000000"


def _cohort(cast: Cast) -> Cohort:
    sync_folder()
    return make_cohort(cast)


def at(path: str) -> Callable[[Cast], str]:
    """A path below a cohort of the university."""
    return lambda cast: f"/cohorts/{_cohort(cast).id}{path}"


def membership(path: str) -> Callable[[Cast], str]:
    """A path with the trainee's membership in it."""
    return lambda cast: path.format(join(cast, _cohort(cast), cast.trainee).id)


def preview(cast: Cast) -> str:
    cohort_id = _cohort(cast).id
    registrar = registrar_of(cast)
    release()
    with transaction():
        kept = roster_services.keep_preview(registrar, get_managed_cohort(registrar, cohort_id), "r.csv", [])
    return f"/cohorts/{cohort_id}/roster/{kept.id}"


def programme(cast: Cast) -> str:
    _cohort(cast)
    return "/programmes/small-programme"


def code(cast: Cast) -> str:
    return f"/join/{_cohort(cast).join_code}"


def row(endpoint: str, path: str | Callable[[Cast], str], answers: Answers, **data: str) -> Row:
    return Row(endpoint, path, answers, "get", data)


def post(endpoint: str, path: str | Callable[[Cast], str], answers: Answers, **data: str) -> Row:
    return Row(endpoint, path, answers, "post", data)


#: Keepers of the university; the other university's find nothing.
OURS = only(*KEEPERS, other_registrar=404)
MINE = only("trainee", "registrar", "administrator", "instructor", "certifier", "second_certifier", rest=404)

ROWS = (
    row("programmes.index", "/programmes", everybody()),
    row("programmes.show", programme, everybody()),
    row("programmes.show", "/programmes/nonsense", everybody(404)),
    row("programmes.mine", membership("/my-programmes/{}"), MINE),
    row("programmes.examination", membership("/my-programmes/{}/examination"), only("trainee", rest=404)),
    post("programmes.declare", f"/my-programmes/{NOBODY}/declaration", signed_in(404)),
    post("programmes.start_examination", f"/my-programmes/{NOBODY}/examination/start", signed_in(404)),
    row("joining.join", "/join", everybody()),
    post("joining.join", "/join", everybody(422)),
    row("joining.begin", code, signed_in(302) | {"visitor": 200}),
    post("joining.begin", code, signed_in(302) | {"visitor": 422}),
    row("cohorts.index", "/cohorts/", only(*STAFF, "other_instructor", "other_registrar")),
    row("cohorts.show", at(""), only(*STAFF, other_instructor=404, other_registrar=404)),
    row("cohorts.show", f"/cohorts/{NOBODY}", only(*STAFF, "other_instructor", "other_registrar", ok=404)),
    row("cohorts.open_cohort", "/cohorts/new", only(*KEEPERS, "other_registrar")),
    post("cohorts.open_cohort", "/cohorts/new", only(*KEEPERS, "other_registrar")),
    post("cohorts.set_joining", at("/joining"), only(*KEEPERS, ok=302, other_registrar=404)),
    row("cohorts.withdraw", membership("/cohorts/memberships/{}/withdraw"), OURS),
    post("cohorts.withdraw", membership("/cohorts/memberships/{}/withdraw"), OURS),
    row("cohorts.transfer", membership("/cohorts/memberships/{}/transfer"), OURS),
    post("cohorts.transfer", membership("/cohorts/memberships/{}/transfer"), OURS),
    row("cohorts.export", at("/export"), OURS),
    post("cohorts.export", at("/export"), OURS),
    row("cohorts.exports", "/cohorts/exports", only(*KEEPERS, "other_registrar")),
    row("rosters.template", "/cohorts/roster-template.csv", only(*KEEPERS, "other_registrar")),
    row("rosters.template_workbook", "/cohorts/roster-template.xlsx", only(*KEEPERS, "other_registrar")),
    row("rosters.upload", at("/roster"), OURS),
    post("rosters.upload", at("/roster"), OURS),
    row("rosters.preview", preview, OURS),
    post("rosters.confirm", preview, only("registrar", ok=302, administrator=409, other_registrar=404)),
)
