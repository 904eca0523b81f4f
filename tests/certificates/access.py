"""Who gets which answer at the routes of certificates and their sub-packages."""

from collections.abc import Callable

from app.certificates import services
from app.certificates.models import Certificate
from app.certificates.rules import SuspensionClass
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import db, release, transaction, write_mode
from tests.access_matrix import Answers, Row, everybody, only, signed_in
from tests.support.cast import Cast, as_actor
from tests.support.certificates import make_certificate
from tests.support.cohorts import join, make_cohort
from tests.support.courses import sync_folder
from tests.support.decisions import certified, open_decisions

CERTIFIERS = ("certifier", "second_certifier")
KEEPERS = (*CERTIFIERS, "administrator")
#: The holder of ``certificate()``, and those who look after it.
READERS = ("trainee", *KEEPERS)
#: A thing that does not exist: what is asked is who may come so far as to be told.
NOBODY = "00000000-0000-7000-8000-000000000000"

Path = str | Callable[[Cast], str]


def certificate(path: str = "") -> Callable[[Cast], str]:
    """A path below the trainee's certificate, whose file is not drawn yet."""
    return lambda cast: f"/certificates/{make_certificate(cast.trainee, cast.authority).id}{path}"


def held_back(cast: Cast) -> str:
    """The page on which a suspended certificate is let be valid again."""
    made = make_certificate(cast.trainee, cast.authority)
    actor = as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))
    with transaction():
        fresh = db.session.get_one(Certificate, made.id)
        services.suspend(actor, fresh, SuspensionClass.OTHER, "待查。", clock.now())
    return f"/certificates/{made.id}/reinstate"


def decision(cast: Cast) -> str:
    """A certificate in doubt after a regrade."""
    with write_mode():
        certified(cast).wrong_key()
    release()
    return f"/certificates/decisions/{open_decisions()[0].id}"


def batch_of_cohort(cast: Cast) -> str:
    sync_folder()
    return f"/certificates/batches/{make_cohort(cast).id}/order"


def statement(cast: Cast) -> str:
    """The trainee has completed nothing yet: those who may ask are told so on the page they came from."""
    sync_folder()
    membership = join(cast, make_cohort(cast), cast.trainee)
    release()
    return f"/memberships/{membership.id}/hours"


def style(cast: Cast) -> str:
    """A style that nobody has; the pictures of real ones are drawn in tests/certificates/styles."""
    return f"/certificates/styles/{'0' * 64}/completion.svg"


def get(endpoint: str, path: Path, answers: Answers) -> Row:
    return Row(endpoint, path, answers)


def post(endpoint: str, path: Path, answers: Answers, **data: str) -> Row:
    """Posted with too little, or when there is nothing to do: those who may are told so, and nothing changes."""
    return Row(endpoint, path, answers, "post", data)


#: Only certifiers, and each only where she certifies.
certifying = only(*CERTIFIERS)
#: The holder is told that it is too early; her keepers see it, but renew nothing.
renewing = only("trainee", ok=409, rest=404, **dict.fromkeys(KEEPERS, 403))
ROWS = (
    # what verifiers fetch, and the page on which anybody asks
    get("certificates.verify", "/verify", everybody()),
    post("certificates.verify", "/verify", everybody(422), number=""),
    get("credentials.did", "/.well-known/did.json", everybody()),
    get("credentials.issuer", "/issuer.json", everybody()),
    get("credentials.verifier", "/verifier.pyz", everybody()),
    get("credentials.context", "/contexts/certificate-v1.json", everybody()),
    get("credentials.schema", "/schemas/certificate-v1.json", everybody()),
    # nothing was issued yet: what they serve then, and to whom, is in test_public_answers
    get("credentials.status_list", "/credentials/status/revocation/0", everybody(404)),
    get("ledger.checkpoint", "/log/checkpoint", everybody(404)),
    get("ledger.tile", "/log/tile/0/000.p/1", everybody(404)),
    get("ledger.entries", "/log/tile/entries/000.p/1", everybody(404)),
    # the holder's pages
    get("certificates.list_own", "/certificates", signed_in()),
    get("certificates.show", certificate(), only(*READERS, rest=404)),
    get("certificates.download", certificate("/file"), only(*READERS, ok=302, rest=404)),
    post(
        "certificate_life.renew",
        certificate("/renew"),
        renewing,
    ),
    post(
        "certificates.request_document",
        statement,
        only("trainee", "registrar", *KEEPERS, ok=302, rest=404, instructor=403),
    ),
    # the keepers' pages
    get("certificates.list_issued", "/certificates/issued", only(*KEEPERS)),
    get("certificates.revoke", certificate("/revoke"), certifying),
    post("certificates.revoke", certificate("/revoke"), only(*CERTIFIERS, ok=422)),
    get("certificates.suspend", certificate("/suspend"), certifying),
    post("certificates.suspend", certificate("/suspend"), only(*CERTIFIERS, ok=422)),
    get("certificates.reinstate", held_back, certifying),
    post("certificates.reinstate", held_back, only(*CERTIFIERS, ok=422)),
    get("certificates.reissue", certificate("/reissue"), certifying),
    post("certificates.reissue", certificate("/reissue"), only(*CERTIFIERS, ok=422)),
    post("certificates.retry", certificate("/retry"), only(*KEEPERS, ok=409)),
    # batches, expiry, changes of the law
    get("certificate_life.list_batches", "/certificates/batches", only(*KEEPERS)),
    get("certificate_life.show_batch", f"/certificates/batches/{NOBODY}", only(*KEEPERS, ok=404)),
    post("certificate_life.order_batch", batch_of_cohort, only(*CERTIFIERS, ok=409)),
    post("certificate_life.pause_batch", f"/certificates/batches/{NOBODY}/pause", only(*CERTIFIERS, ok=404)),
    post("certificate_life.resume_batch", f"/certificates/batches/{NOBODY}/resume", only(*CERTIFIERS, ok=404)),
    post("certificate_life.retry_batch", f"/certificates/batches/{NOBODY}/retry", only(*CERTIFIERS, ok=404)),
    get("certificate_life.list_expiring", "/certificates/expiring", only(*KEEPERS)),
    get("certificate_life.list_law_changes", "/certificates/law-changes", only(*KEEPERS)),
    get("certificate_life.show_law_change", f"/certificates/law-changes/{NOBODY}", only(*KEEPERS, ok=404)),
    post("certificate_life.assign_delta", f"/certificates/law-changes/{NOBODY}/assign", only(*CERTIFIERS, ok=404)),
    # decisions after a regrade, and how documents look
    get("certificate_decisions.list_open", "/certificates/decisions", only(*KEEPERS)),
    get("certificate_decisions.show", decision, only(*KEEPERS)),
    post("certificate_decisions.show", decision, only(*CERTIFIERS, ok=422), outcome="supersede"),
    get("certificate_styles.list_styles", "/certificates/styles", only(*KEEPERS)),
    get("certificate_styles.draw", style, only(*KEEPERS, ok=404)),
)
