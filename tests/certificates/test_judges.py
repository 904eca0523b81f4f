"""Our credentials and status lists, as we serve them, before verifiers that others wrote.

Digital Bazaar's verifier (bundled under ``tests/outside``) is what wallets use; openbadgeslib is a library for
Open Badges. Both get the file ``credential.json`` as pdfdetach takes it out of the PDF, and everything else from
our public addresses. (pdfsig and pyHanko judge the signature in ``test_signing``, the W3C's vectors the proof in
``proof/test_integrity``, zxing the QR code in ``test_document``, pikepdf and veraPDF the archive file in
``test_conformity``.)
"""

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from openbadgeslib.ob3 import ldp
from openbadgeslib.ob3.contexts import document_loader
from openbadgeslib.ob3.verifier import OB3VerificationError

from app.certificates import services
from app.certificates.models import Certificate
from app.certificates.proof.jsonld import contexts_of
from app.certificates.rules import RevocationClass, SuspensionClass
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.files import services as files
from app.jobs.services import run_due_jobs
from tests.support.cast import Cast, as_actor
from tests.support.certificates import make_certificate
from tests.support.pages import Browser, Visitors

OUTSIDE: Final = Path(__file__).parents[1] / "outside"
BASE: Final = "https://academy.example"
DID: Final = "did:web:academy.example"


@dataclass
class Served:
    """What strangers get from our addresses, and how often."""

    browser: Browser
    types: dict[str, str] = field(default_factory=dict)

    def fetch(self, url: str) -> bytes:
        assert url.startswith(BASE), url
        answer = self.browser.get(urlsplit(url).path)
        self.types[urlsplit(url).path] = answer.content_type
        return bytes(answer.data)

    def documents(self, credential: Mapping[str, Any]) -> dict[str, Any]:
        """Everything a verifier of the credential needs: ours as served, the W3C's and 1EdTech's as pinned."""
        standard = {url: one for url, one in contexts_of(BASE).documents.items() if not url.startswith(BASE)}
        own = [url for url in credential["@context"] if url.startswith(BASE)]
        lists = [entry["statusListCredential"] for entry in credential["credentialStatus"]]
        fetched = {url: json.loads(self.fetch(url)) for url in (*own, *lists)}
        return {**standard, **fetched, DID: json.loads(self.fetch(f"{BASE}/.well-known/did.json"))}


def digital_bazaar(documents: Mapping[str, Any], *credentials: Any) -> list[dict[str, Any]]:
    """Its verdict on each credential; it fetches nothing."""
    question = {"documents": documents, "cases": [{"credential": one} for one in credentials]}
    done = subprocess.run(
        ["node", str(OUTSIDE / "judge.min.mjs")],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def open_badges(raw: bytes, served: Served, monkeypatch: pytest.MonkeyPatch) -> Any:
    """openbadgeslib's verdict: the key by did:web, the status by the lists. Raises its error.

    It knows no contexts but the standard ones; ours is added as we serve it. It reads status lists that are
    secured as JWT, so the proofs of ours are left to the other judge.
    """
    own = {
        f"{BASE}/contexts/certificate-v1.json": json.loads(served.fetch(f"{BASE}/contexts/certificate-v1.json"))
    }
    standard = document_loader
    with monkeypatch.context() as patched:
        patched.setattr(ldp, "document_loader", lambda more=None: standard({**own, **(more or {})}))
        verifier = ldp.OB3LdpVerifier.for_issuer_did(DID)
        return verifier.verify(raw, download=served.fetch, check_status=True, verify_status_list=False)


def detached(data: bytes, folder: Path) -> bytes:
    """The credential as poppler takes it out of the file."""
    (folder / "file.pdf").write_bytes(data)
    command = ["pdfdetach", "-savefile", "credential.json", "-o", "taken.json", "file.pdf"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "taken.json").read_bytes()


def happens(what: Any, certificate: Certificate, *values: Any) -> None:
    """Let a certifier do something to it; the lists are published by the job that follows."""
    with transaction():
        what(*values[:1], db.session.get_one(Certificate, certificate.id), *values[1:], clock.now())
    run_due_jobs()
    release()


def changed(credential: Mapping[str, Any]) -> Sequence[Any]:
    """The same credential with one statement altered: the page's text, the record, the number, the day."""
    copies = [json.loads(json.dumps(credential)) for _ in range(4)]
    copies[0]["pageText"] += "优秀"
    copies[1]["record"]["document"]["claims"]["result_percent"] = "96"
    copies[2]["credentialSubject"]["licenseNumber"] = "OIPA-2026-000999-10"
    copies[3]["validFrom"] = "2026-01-01T00:00:00Z"
    return copies


def test_those_who_did_not_write_it_come_to_the_same_verdict(
    cast: Cast, visit: Visitors, data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(cast.trainee, cast.authority)
    run_due_jobs()
    digest = db.session.get_one(Certificate, certificate.id, populate_existing=True).file_digest
    release()
    raw = detached(files.read(data_dir, str(digest)), tmp_path)
    credential, served = json.loads(raw), Served(visit())
    actor: Actor = as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))
    release()

    documents = served.documents(credential)
    lists = [one for url, one in documents.items() if "/credentials/status/" in url]
    genuine, *rest = digital_bazaar(documents, credential, *lists, *changed(credential))
    assert genuine == {"verified": True, "revocation": [False], "suspension": [False], "errors": []}
    assert [one["verified"] for one in rest] == [True, True, False, False, False, False]
    assert all("Invalid signature." in one["errors"] for one in rest[2:])
    badge = open_badges(raw, served, monkeypatch)
    assert badge.issuer.id == DID
    with pytest.raises(OB3VerificationError):
        open_badges(json.dumps(changed(credential)[0]).encode(), served, monkeypatch)
    assert served.types == {
        "/.well-known/did.json": "application/did+json",
        "/contexts/certificate-v1.json": "application/ld+json",
        "/credentials/status/revocation/0": "application/vc",
        "/credentials/status/suspension/0": "application/vc",
    }

    happens(services.suspend, certificate, actor, SuspensionClass.UNDER_INVESTIGATION, "举报")
    (held,) = digital_bazaar(served.documents(credential), credential)
    assert (held["revocation"], held["suspension"]) == ([False], [True])
    happens(services.revoke, certificate, actor, RevocationClass.FALSE_MATERIAL, "不实")
    (taken,) = digital_bazaar(served.documents(credential), credential)
    assert (taken["revocation"], taken["suspension"]) == ([True], [False])
    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        open_badges(raw, served, monkeypatch)


@pytest.mark.no_database
def test_the_judge_is_the_one_that_was_bundled() -> None:
    manifest = json.loads((OUTSIDE / "MANIFEST.json").read_text())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((OUTSIDE / name).read_bytes()).hexdigest() == digest, name
    locked = json.loads((OUTSIDE / "package-lock.json").read_text())["packages"]
    for name, version in manifest["packages"].items():
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")
    assert not any("resolved" in one for one in locked.values()), "a lock names no registry"
