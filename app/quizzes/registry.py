"""What the packages above tell the engine: where an attempt came from, which contexts belong together, and what
rests on a result."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from app.core.access import Actor
from app.core.text import Bilingual
from app.quizzes.results import Outcome

ContextUrl = Callable[[uuid.UUID], str]

_urls: dict[str, ContextUrl] = {}


def context_url(context_type: str, make: ContextUrl) -> None:
    """Register how the address of a context (an enrolment, a membership …) is made from its identifier."""
    _urls[context_type] = make


def url_of_context(context_type: str, context_id: uuid.UUID) -> str:
    """The page an attempt belongs to; the first page when nobody registered one."""
    make = _urls.get(context_type)
    return make(context_id) if make else "/"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people, as those who decide about it read it."""

    name: str
    organisation_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Groups:
    """A kind of groups of contexts, such as cohorts: which of them somebody may choose, and whose they are."""

    label: object
    #: (identifier, name) of the groups of the actor whose sittings a decision may be narrowed to.
    choices: Callable[[Actor], Sequence[tuple[uuid.UUID, str]]]
    #: The identifiers of the contexts of a group.
    contexts: Callable[[uuid.UUID], Select[uuid.UUID]]
    #: The identifiers of the groups that a person belongs to in a context (its kind and identifier).
    groups_of: Callable[[uuid.UUID, str, uuid.UUID], Select[uuid.UUID]]
    #: What groups are called and whose they are, by identifier.
    about: Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Group]]


_groups: dict[str, Groups] = {}


def context_groups(kind: str, groups: Groups) -> None:
    """Register a kind of groups of contexts."""
    _groups[kind] = groups


def group_kinds() -> dict[str, Groups]:
    """Every registered kind of groups."""
    return dict(_groups)


@dataclass(frozen=True, slots=True)
class Change:
    """A sitting whose result a regrade would change, for those who know what rests on it."""

    attempt_id: uuid.UUID
    person_id: uuid.UUID
    quiz_id: uuid.UUID
    context_type: str
    context_id: uuid.UUID
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that rests on a result: a certificate, an appointment. ``label`` names it to people."""

    attempt_id: uuid.UUID
    kind: str
    subject_id: uuid.UUID
    label: Bilingual


#: Changes of a batch, what lower packages found → what this package finds. The same statements for any number.
Finder = Callable[[Sequence[Change], Sequence[Consequence]], Sequence[Consequence]]

_finders: dict[str, Finder] = {}


def consequences(kind: str, find: Finder) -> None:
    """Register who finds things of a kind that rest on results; lower packages are asked first."""
    _finders[kind] = find


def consequences_of(changes: Sequence[Change]) -> list[Consequence]:
    """Everything that rests on results that would change."""
    found: list[Consequence] = []
    if changes:
        for find in _finders.values():
            found += find(changes, tuple(found))
    return found


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who is to sit an examination and has not passed it."""

    person_id: uuid.UUID
    #: The kind and identifier of the context in which her attempts are.
    context: tuple[str, uuid.UUID]
    #: What she belongs to there, such as the name of her cohort; empty where it says nothing.
    group: str
    #: Has she done what comes before the examination?
    admitted: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who is to sit examinations, as a package above knows it."""

    #: Of a quiz; the same number of statements for any number of people.
    of: Callable[[uuid.UUID], Sequence[Candidate]]
    #: What contexts belong to, as ``Candidate.group``, by their identifier. One statement.
    groups: Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, str]]
    #: Identifiers of the quizzes that people of these organisations (None: of any) are to sit.
    quizzes: Callable[[Collection[uuid.UUID] | None], Select[Any]]


_candidates: dict[str, Candidates] = {}


def candidates(context_type: str, known: Candidates) -> None:
    """Register who knows the candidates in contexts of a kind."""
    _candidates[context_type] = known


def candidates_of(quiz_id: uuid.UUID) -> list[Candidate]:
    """Everybody who is to sit a quiz and has not passed it."""
    return [each for known in _candidates.values() for each in known.of(quiz_id)]


def groups_of(contexts: Collection[tuple[str, uuid.UUID]]) -> dict[tuple[str, uuid.UUID], str]:
    """What contexts belong to, where that says something."""
    found: dict[tuple[str, uuid.UUID], str] = {}
    for kind, known in _candidates.items():
        wanted = [context_id for context_type, context_id in contexts if context_type == kind]
        if wanted:
            found |= {(kind, context_id): name for context_id, name in known.groups(wanted).items()}
    return found


def quizzes_to_sit(organisations: Collection[uuid.UUID] | None) -> list[Select[Any]]:
    """The quizzes that people of these organisations (None: of any) are to sit, by who knows of them."""
    return [known.quizzes(organisations) for known in _candidates.values()]
