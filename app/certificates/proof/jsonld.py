"""JSON-LD without a network: pinned contexts, nothing unsigned, one way to write each statement."""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from cachetools import LRUCache
from pyld import jsonld

from app.certificates.proof.processing import Processor, Resolver, canonical_statements, objects_in
from app.certificates.proof.refusal import Refused
from app.core.digests import canonical

CREDENTIALS: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
#: Our own context stands under the issuer's address.
OWN_PATH: Final = "/contexts/certificate-v1.json"

PINNED: Final = {
    "credentials-v2.json": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    "open-badges-3.0.3.json": "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    "certificate-v1.json": "b8b5808ff5b65064207bdaee685dc9907ff5feb79c28ee9ce2fb818a0e3a7a9c",
}


@dataclass(frozen=True, slots=True, eq=False)
class Contexts:
    """Contexts by address; the only ones that are ever read."""

    documents: Mapping[str, Any]


@cache
def bundled(name: str) -> bytes:
    """A context as we ship it. Raises Refused when the file is not the pinned one."""
    data = (files("app.certificates.proof") / "contexts" / name).read_bytes()
    if hashlib.sha256(data).hexdigest() != PINNED[name]:
        raise Refused("context_altered", name)
    return data


@cache
def contexts_of(base: str) -> Contexts:
    """The contexts of an issuer whose address is ``base``; no other is ever read."""
    return Contexts(
        {
            CREDENTIALS: json.loads(bundled("credentials-v2.json")),
            OPEN_BADGES: json.loads(bundled("open-badges-3.0.3.json")),
            base + OWN_PATH: json.loads(bundled("certificate-v1.json")),
        }
    )


#: Resolvers by contexts, one set a thread: the library's caches are not made for several.
_resolvers = threading.local()
#: The library has one more cache, for compacting, that all threads share: one document at a time.
_processing: Final = threading.Lock()


def _resolver(contexts: Contexts, loader: Callable[..., dict[str, Any]]) -> Resolver:
    kept: LRUCache[Contexts, Resolver] | None = getattr(_resolvers, "kept", None)
    if kept is None:
        kept = _resolvers.kept = LRUCache(8)
    if contexts not in kept:
        kept[contexts] = Resolver(loader, contexts.documents)
    return kept[contexts]


def _options(contexts: Contexts) -> dict[str, Any]:
    def load(url: str, _options: object = None) -> dict[str, Any]:
        if url not in contexts.documents:
            raise Refused("unknown_context", url)
        return {
            "contentType": "application/ld+json",
            "contextUrl": None,
            "documentUrl": url,
            "document": contexts.documents[url],
        }

    return {
        "documentLoader": load,
        "processingMode": "json-ld-1.1",
        "contextResolver": _resolver(contexts, load),
    }


@dataclass(frozen=True, slots=True)
class Statements:
    """What a document states: its expanded form, and its statements as canonical N-Quads (RDFC-1.0)."""

    document: Mapping[str, Any]
    contexts: Contexts
    expanded: Any
    canonical: str


def statements_of(document: Mapping[str, Any], contexts: Contexts) -> Statements:
    """Raises Refused for a member that no context defines: it would say something that nobody signed."""
    for url in document["@context"]:
        if url not in contexts.documents:
            raise Refused("unknown_context", str(url))
    return _statements(canonical(document), contexts)


@lru_cache(maxsize=32)  # a status list is read once for every file that it speaks of
def _statements(raw: bytes, contexts: Contexts) -> Statements:
    def refuse(name: Any) -> None:
        raise Refused("unsigned_member", str(name))

    document = json.loads(raw)
    _demand_no_own_context(document)
    try:
        with _processing:
            expanded = Processor(on_property_dropped=refuse).expand(document, _options(contexts))
            quads = canonical_statements(expanded, _options(contexts))
    except jsonld.JsonLdError as error:
        raise Refused("not_json_ld", error.type) from None
    return Statements(document, contexts, expanded, quads)


def _demand_no_own_context(document: Mapping[str, Any]) -> None:
    """Contexts stand at the top or nowhere: one further in could change the shipped ones by ``@import``.

    Raises Refused.
    """
    if any("@context" in found for member in document.values() for found in objects_in(member)):
        raise Refused("unknown_context", "inside the document")


def demand_compacted(stated: Statements) -> None:
    """The JSON must be exactly how its contexts write its statements, so that what is read is what is signed.

    Raises Refused for another spelling of the same statements (a full IRI for a term, a moved node …).
    """
    if not _is_compacted(canonical(stated.document), stated.contexts):
        raise Refused("not_compacted")


@lru_cache(maxsize=32)
def _is_compacted(raw: bytes, contexts: Contexts) -> bool:
    stated = _statements(raw, contexts)
    try:
        options = {**_options(contexts), "skipExpansion": True}
        with _processing:
            compacted = Processor().compact(stated.expanded, stated.document["@context"], options)
    except jsonld.JsonLdError as error:
        raise Refused("not_json_ld", error.type) from None
    return bool(_plain(compacted) == _plain(stated.document))


def _plain(value: Any) -> Any:
    """To JSON-LD a list of one is the same as its only element, and a bare reference the same as its address."""
    if isinstance(value, Mapping):
        if set(value) == {"id"}:
            return value["id"]
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return _plain(value[0]) if len(value) == 1 else [_plain(item) for item in value]
    return value
