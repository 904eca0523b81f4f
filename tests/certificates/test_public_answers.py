"""What we serve to programs anywhere: the right type, a time to live, and the same for everybody."""

import json
import re

import pytest

from app.jobs.services import run_due_jobs
from tests.support.cast import Cast
from tests.support.certificates import make_certificate
from tests.support.pages import Visitors

HOUR, FOREVER = "public, max-age=3600", "public, max-age=31536000, immutable"
SERVED = {
    "/.well-known/did.json": ("application/did+json", HOUR),
    "/issuer.json": ("application/json", HOUR),
    "/verifier.pyz": ("application/zip", HOUR),
    "/contexts/certificate-v1.json": ("application/ld+json", FOREVER),
    "/schemas/certificate-v1.json": ("application/schema+json", HOUR),
    "/credentials/status/revocation/0": ("application/vc", "public, max-age=300"),
    "/credentials/status/suspension/0": ("application/vc", "public, max-age=300"),
    "/log/checkpoint": ("text/plain; charset=utf-8", "public, max-age=5"),
    "/log/tile/0/000.p/1": ("application/octet-stream", FOREVER),
    "/log/tile/entries/000.p/1": ("application/octet-stream", FOREVER),
}
#: Not there, or written otherwise than the one way: nobody may keep that for long.
ABSENT = (
    "/credentials/status/revocation/9",
    "/credentials/status/moods/0",
    "/log/tile/0/000",
    "/log/tile/0/x000/000.p/1",
    "/log/tile/0/000.p/256",
    "/log/tile/9/000.p/1",
    "/log/tile/entries/001.p/1",
)


def test_public_answers_are_the_same_for_everybody_and_may_be_kept(cast: Cast, visit: Visitors) -> None:
    make_certificate(cast.trainee, cast.authority)
    run_due_jobs()
    stranger, holder = visit(), visit(cast.trainee, "en")
    for path, (media_type, lasting) in SERVED.items():
        answers = [one.get(path) for one in (stranger, holder)]
        for answer in answers:
            assert (answer.content_type, answer.headers["Cache-Control"]) == (media_type, lasting), path
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "cookie" not in answer.headers.get("Vary", "").lower(), path
            assert "Set-Cookie" not in answer.headers
        first, second = (answer.data for answer in answers)
        assert first == second or path == "/issuer.json", "that says when it was made"
        tag = str(answers[0].headers["ETag"])
        if path != "/issuer.json":
            stranger.get(path, 304, headers={"If-None-Match": tag})
    for path in ABSENT:
        assert stranger.get(path, 404).headers["Cache-Control"] == "private, no-store"


def test_nothing_public_names_a_person(cast: Cast, visit: Visitors) -> None:
    """Keys, lists and log say what was signed and what became of it, and never about whom."""
    certificate = make_certificate(cast.trainee, cast.authority)
    run_due_jobs()
    stranger = visit()
    answers = [stranger.get(path).data for path in SERVED if path != "/verifier.pyz"]
    whole = b"".join(answers).decode("utf-8", "replace")
    for secret in ("林见微", "LIN JIANWEI", str(certificate.number), str(certificate.code), str(cast.trainee.id)):
        assert secret not in whole
    size = int(stranger.get("/log/checkpoint").get_data(as_text=True).split("\n")[1])
    bundle = stranger.get(f"/log/tile/entries/000.p/{size}").data
    kinds = [json.loads(entry)["type"] for entry in re.findall(rb"\{[^}]*\}", bundle)]
    assert sorted(kinds) == ["credential", "file", "status"]


@pytest.mark.parametrize("path", ["/verify", "/certificates"])
def test_pages_are_kept_by_nobody(cast: Cast, visit: Visitors, path: str) -> None:
    answer = visit(cast.trainee).get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]
