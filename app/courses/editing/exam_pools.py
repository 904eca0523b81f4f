"""The bank of a course in work, and what an examination's pools would draw from it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from app.core.languages import tr
from app.courses.authoring import sources
from app.courses.content.exams import ModulePool, share_out
from app.courses.editing import outlines
from app.courses.editing.queries import Work, mapping_of


@dataclass(frozen=True, slots=True)
class BankQuestion:
    """A question that examinations may draw, as far as it is written."""

    id: str
    module: str
    prompt: str
    difficulty: int
    tags: list[str]

    @property
    def words(self) -> str:
        """What it is called in lists."""
        return f"{self.id} · {self.prompt}"


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank questions of a course in work, in the order of its modules."""

    questions: Sequence[BankQuestion] = ()
    #: Key and title.
    modules: Sequence[tuple[str, str]] = ()
    #: Values that stand in the examination although the course has no such module, tag or question: by field.
    strange: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def module_options(self) -> tuple[tuple[str, str], ...]:
        return (*self.modules, *self._strange("module", (key for key, _title in self.modules)))

    @property
    def tag_options(self) -> tuple[tuple[str, str], ...]:
        known = sorted({tag for question in self.questions for tag in question.tags})
        return (*((tag, tag) for tag in known), *self._strange("tags", known))

    @property
    def question_options(self) -> tuple[tuple[str, str], ...]:
        known = [(one.id, one.words) for one in self.questions]
        return (*known, *self._strange("questions", (key for key, _words in known)))

    def _strange(self, name: str, known: Iterable[str]) -> tuple[tuple[str, str], ...]:
        return tuple((value, value) for value in sorted(self.strange.get(name, frozenset()) - set(known)))

    def reach(self, pool: ModulePool) -> list[BankQuestion]:
        """Among which a pool chooses."""
        return [question for question in self.questions if pool.module in (None, question.module)]


def bank_of(work: Work, said: Iterable[Mapping[str, Any]]) -> Bank:
    """The bank of the draft without questions that lack an id. ``said``: pools as file and form say them."""
    course = work.mapping("course.yaml")
    modules = [str(key) for key in outlines.listed(course, "modules")]
    paths = [f"{key}/{name}.yaml" for key in modules for name in ("module", "questions")]
    digests = {path: head.digest for path in paths if (head := work.files.get(path)) and head.digest}
    found = sources.texts_of(digests.values())
    values = {path: mapping_of(found.get(digest, "")) for path, digest in digests.items()}
    return Bank(
        questions=[one for key in modules for one in _bank_in(key, values.get(f"{key}/questions.yaml", {}))],
        modules=[(key, _title(values.get(f"{key}/module.yaml", {}), key)) for key in modules],
        strange=_named(said),
    )


def _title(module: Mapping[str, Any], key: str) -> str:
    title = module.get("title")
    return (tr(title) if isinstance(title, Mapping) else "") or key


def _bank_in(module: str, values: Mapping[str, Any]) -> Iterator[BankQuestion]:
    for entry in outlines.listed(values, "questions"):
        if not isinstance(entry, Mapping) or entry.get("use") != "bank" or not entry.get("id"):
            continue
        prompt = entry.get("prompt")
        words = " ".join(tr(prompt).split()) if isinstance(prompt, Mapping) else ""
        difficulty = entry.get("difficulty")
        yield BankQuestion(
            id=str(entry["id"]),
            module=module,
            prompt=words if len(words) <= 60 else f"{words[:60]}…",
            difficulty=difficulty if isinstance(difficulty, int) else 0,
            tags=[str(tag) for tag in outlines.listed(entry, "tags")],
        )


def _named(pools: Iterable[Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """What pools name, by field."""
    named: dict[str, set[str]] = {"module": set(), "tags": set(), "questions": set()}
    for pool in pools:
        for name, values in named.items():
            value = pool.get(name)
            values |= {str(one) for one in (value if isinstance(value, list) else [value]) if one}
    return {name: frozenset(values) for name, values in named.items()}


def pools_in(exam: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The pools of an examination, with the name that the form gives each, in the order of the paper."""
    for place, pool in enumerate(outlines.listed(exam, "pools")):
        if isinstance(pool, Mapping):
            yield f"pools.{place}", pool
    for number, section in enumerate(outlines.listed(exam, "sections")):
        for place, pool in enumerate(outlines.listed(section, "pools") if isinstance(section, Mapping) else ()):
            if isinstance(pool, Mapping):
                yield f"sections.{number}.pools.{place}", pool


@dataclass(frozen=True, slots=True)
class Draw:
    """What one pool would draw."""

    #: How many it draws; None while that cannot be read.
    pick: int | None
    #: Fitting questions, also those that stand in a pool above.
    fitting: int
    #: Those it draws from.
    questions: Sequence[BankQuestion]
    attempts: int

    @property
    def left(self) -> int:
        return len(self.questions)

    @property
    def is_too_small(self) -> bool:
        return self.pick is not None and self.pick > self.left

    @property
    def repeats(self) -> bool:
        """Must a candidate's later attempts ask again what she has seen?"""
        return self.pick is not None and not self.is_too_small and self.pick * self.attempts > self.left

    @property
    def is_the_same_for_all(self) -> bool:
        return self.pick == self.left


def draws_of(exam: Mapping[str, Any], bank: Bank) -> dict[str, Draw]:
    """What each pool would draw, by its name in the form; pools that cannot be read are left out."""
    readable: list[tuple[str, Any, ModulePool]] = []
    for name, values in pools_in(exam):
        try:
            pool = ModulePool.model_validate({**_conditions(values), "pick": 1})
        except ValidationError:
            continue
        readable.append((name, values.get("pick"), pool))
    shared = share_out([(pool, bank.reach(pool)) for _name, _pick, pool in readable])
    known = {question.id: question for question in bank.questions}
    attempts = exam.get("attempts")
    return {
        name: Draw(
            pick=pick if isinstance(pick, int) and pick > 0 else None,
            fitting=sum(pool.takes(question) for question in bank.reach(pool)),
            questions=[known[key] for key in keys],
            attempts=attempts if isinstance(attempts, int) else 1,
        )
        for (name, pick, pool), keys in zip(readable, shared, strict=True)
    }


def _conditions(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("module", "tags", "difficulty", "questions") if values.get(name)}
