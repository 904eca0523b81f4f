"""The JSON-LD library, without the work that it would do again for every document.

It keeps nothing from one document to the next where contexts come from elsewhere, and reading them again is most
of the cost of a proof. Nothing here changes what a document means: each piece gives what the library's own gives.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cachetools import LRUCache
from frozendict import frozendict
from pyld.canon import URDNA2015
from pyld.context_resolver import ContextResolver
from pyld.jsonld import JsonLdProcessor

#: Resolved and processed contexts that are kept a thread and issuer.
KEPT: Final = 256


def objects_in(value: Any) -> Iterator[Any]:
    """The objects in a JSON value, itself among them."""
    if isinstance(value, Mapping):
        yield value
        for item in value.values():
            yield from objects_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from objects_in(item)


class Resolver(ContextResolver):  # type: ignore[misc] # no types
    """Resolves the contexts of one issuer and keeps what it made of them; bounded: strangers bring their own."""

    def __init__(self, loader: Callable[..., dict[str, Any]], documents: Mapping[str, Any]) -> None:
        super().__init__(LRUCache(KEPT), loader)
        self.per_op_cache: LRUCache[str, Any] = LRUCache(KEPT)
        #: The contexts that a shipped one nests, which live as long as this does and never change.
        self.nested = frozenset(id(found) for found in objects_in(list(documents.values())))
        self.processed: LRUCache[Any, tuple[Any, Any]] = LRUCache(KEPT)


class Processor(JsonLdProcessor):  # type: ignore[misc] # no types
    """Expands what is not expanded yet, and processes a shipped context once for each that it stands in."""

    def expand(self, input_: Any, options: dict[str, Any]) -> Any:
        return input_ if options.get("skipExpansion") else super().expand(input_, options)

    def _process_context(self, active_ctx: Any, local_ctx: Any, options: Any, **how: Any) -> Any:
        resolver: Resolver = options["contextResolver"]
        if id(local_ctx) not in resolver.nested or not isinstance(active_ctx, frozendict) or "cycles" in how:
            return super()._process_context(active_ctx, local_ctx, options, **how)
        key = (id(active_ctx), id(local_ctx), *sorted(how.items()))
        known = resolver.processed.get(key)
        if known is not None and known[0] is active_ctx:
            return known[1]
        found = super()._process_context(active_ctx, local_ctx, options, **how)
        resolver.processed[key] = (active_ctx, found)
        return found


class _Canonical(URDNA2015):  # type: ignore[misc] # no types
    """RDFC-1.0 as the library does it; a node that is renamed for its hash is copied flat, for it is flat."""

    def modify_first_degree_component(self, id_: str, component: dict[str, Any], key: str) -> dict[str, Any]:
        if component["type"] != "blank node":
            return component
        return {**component, "value": "_:a" if component["value"] == id_ else "_:z"}


def canonical_statements(expanded: Any, options: dict[str, Any]) -> str:
    """The statements of an expanded document as canonical N-Quads."""
    dataset = Processor().to_rdf(expanded, {**options, "skipExpansion": True, "produceGeneralizedRdf": False})
    quads: str = _Canonical().main(dataset, {"format": "application/n-quads"})
    return quads
