"""What holds for every address of the site; ``python -m tests.guards.routes`` prints them all."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask

from app.core.access import rule_of
from app.factory import create_app


@dataclass(frozen=True, slots=True)
class Route:
    """An address, how it may be asked for, and the name of its access rule (None when none was declared)."""

    path: str
    methods: str
    endpoint: str
    access: str | None

    def __str__(self) -> str:
        return f"{self.path} {self.methods} {self.endpoint}"


def routes_of(app: Flask) -> list[Route]:
    """Every route but the static files."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        declared = rule_of(app.view_functions[rule.endpoint])
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        found.append(Route(rule.rule, methods, rule.endpoint, declared.name if declared else None))
    return sorted(found, key=str)


_WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?|\.well-known")
_PARAMETER = re.compile(r"<(?:(?P<type>[a-z_]+)(?:\([^)]*\))?:)?[a-z_]+>")


def undeclared(routes: Iterable[Route]) -> list[str]:
    """Routes whose view says nothing of who may call it."""
    return [f"{route}: no access rule" for route in routes if route.access is None]


def badly_named(routes: Iterable[Route]) -> list[str]:
    """Addresses that are not kebab-case, or have a parameter without a type."""
    found = []
    for route in routes:
        for match in _PARAMETER.finditer(route.path):
            if match["type"] is None:
                found.append(f"{route}: {match[0]} has no type")
        words = _PARAMETER.sub("x", route.path).strip("/").split("/")
        found += [f"{route}: “{word}” is not kebab-case" for word in words if word and not _WORD.fullmatch(word)]
    return found


def vanished(routes: Iterable[Route], frozen: str) -> list[str]:
    """Differences between the site's routes and the frozen list."""
    present, listed = {str(route) for route in routes}, set(frozen.splitlines())
    return [f"gone: {line}" for line in sorted(listed - present)] + [
        f"new: {line}" for line in sorted(present - listed)
    ]


if __name__ == "__main__":
    print("\n".join(map(str, routes_of(create_app(app_env="test")))))  # noqa: T201 - that is what it is for
