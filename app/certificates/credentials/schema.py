"""The JSON Schema of our credentials, kept by the same models that check one."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

_Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
_Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
_Urn = Annotated[str, Field(pattern=r"^urn:uuid:[0-9a-f-]{36}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Words(_Strict):
    """A text in Chinese and English."""

    zh: str
    en: str


class PrintedLine(_Strict):
    """A statement as the page prints it."""

    key: str
    label: Words
    value: Words


class IssuerProfile(_Strict):
    id: Annotated[str, Field(pattern=r"^did:web:")]
    type: Literal["Profile"]
    name: str
    url: str


class SchemaReference(_Strict):
    id: str
    type: Literal["JsonSchema"]


class StatusEntry(_Strict):
    id: str
    type: Literal["BitstringStatusListEntry"]
    status_purpose: Literal["revocation", "suspension"]
    status_list_index: Annotated[str, Field(pattern=r"^\d{1,6}$")]
    status_list_credential: str


class Identity(_Strict):
    """The holder's name; never the number of an identity document."""

    type: Literal["IdentityObject"]
    identity_type: Literal["name"]
    hashed: Literal[False]
    identity_hash: str


class Criteria(_Strict):
    narrative: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Achievement(_Strict):
    id: str
    type: Literal["Achievement"]
    achievement_type: Literal["CertificateOfCompletion", "Award", "LearningProgram"]
    name: str
    description: str
    criteria: Criteria


class Result(_Strict):
    type: Literal["Result"]
    value: str


class Subject(_Strict):
    type: Literal["AchievementSubject"]
    identifier: list[Identity]
    license_number: str
    activity_start_date: _Day | None = None
    activity_end_date: _Day
    achievement: Achievement
    result: list[Result] | None = None


class Proof(_Strict):
    type: Literal["DataIntegrityProof"]
    cryptosuite: Literal["eddsa-rdfc-2022"]
    created: _Moment
    verification_method: str
    proof_purpose: Literal["assertionMethod"]
    proof_value: Annotated[str, Field(pattern=r"^z[1-9A-HJ-NP-Za-km-z]+$")]


class CertificateCredential(_Strict):
    """A certificate of the academy as a W3C Verifiable Credential and Open Badge."""

    context: Annotated[list[str], Field(alias="@context", min_length=3, max_length=3)]
    id: _Urn
    type: list[str]
    name: str
    issuer: IssuerProfile
    valid_from: _Moment
    valid_until: _Moment | None = None
    credential_schema: SchemaReference
    credential_status: list[StatusEntry]
    credential_subject: Subject
    #: What the document states, with every digest in full.
    record: dict[str, Any]
    record_digest: _Digest
    printed: list[PrintedLine]
    page_text: str
    proof: Proof


def json_schema(address: str) -> dict[str, Any]:
    """The schema as it is served at its address."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": address,
        **CertificateCredential.model_json_schema(),
    }
