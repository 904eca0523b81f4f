"""What verifiers fetch: keys, contexts, the schema, status lists. Public, cacheable, without a person's name."""

from flask import Blueprint, Response

from app.certificates.credentials import queries
from app.certificates.credentials.rules import LISTED
from app.certificates.credentials.schema import json_schema
from app.certificates.keys.issuer import did_document, public_keys
from app.certificates.proof.jsonld import bundled
from app.certificates.proof.packing import packed
from app.core import access, clock
from app.core.addresses import address_of, public_root
from app.core.errors import NotFound
from app.core.publishing import FOREVER, publish

blueprint = Blueprint("credentials", __name__)
blueprints = (blueprint,)

#: Keys change seldom, and a new one is there before it signs anything that travels.
_HOUR = 3600
#: How long a status may be cached: as long as a revocation may take to be seen.
_STATUS = 300


@blueprint.get("/.well-known/did.json")
@access.public
def did() -> Response:
    """The did:web document: with which keys our credentials are verified."""
    return publish(did_document(public_root()), "application/did+json", seconds=_HOUR)


@blueprint.get("/issuer.json")
@access.public
def issuer() -> Response:
    """All our public keys in one file, for the offline verifier."""
    return publish(public_keys(public_root(), clock.now()).to_json(), "application/json", seconds=_HOUR)


@blueprint.get("/verifier.pyz")
@access.public
def verifier() -> Response:
    """The offline verifier, one file that Python runs."""
    response = publish(packed(), "application/zip", seconds=_HOUR)
    response.headers["Content-Disposition"] = "attachment; filename=certificate-verifier.pyz"
    return response


@blueprint.get("/contexts/certificate-v1.json")
@access.public
def context() -> Response:
    """Our own JSON-LD terms; the file never changes."""
    return publish(bundled("certificate-v1.json"), "application/ld+json", seconds=FOREVER)


@blueprint.get("/schemas/certificate-v1.json")
@access.public
def schema() -> Response:
    """The JSON Schema of our credentials."""
    return publish(json_schema(address_of("credentials.schema")), "application/schema+json", seconds=_HOUR)


@blueprint.get("/credentials/status/<string:purpose>/<int:number>")
@access.public
def status_list(purpose: str, number: int) -> Response:
    """A Bitstring Status List, signed and short-lived."""
    if purpose not in LISTED:
        raise NotFound
    return publish(queries.get_published(purpose, number).document, "application/vc", seconds=_STATUS)
