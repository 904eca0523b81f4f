"""What must hold inside an examination, and between it and the questions it draws on."""

from collections.abc import Sequence
from typing import Any, Protocol

from app.core.messages import N_, Message
from app.courses.content.exams import CourseExam, ExamRules, PoolRules, ProgrammeExam, share_out
from app.courses.content.faults import Inside, YamlDocument
from app.courses.content.files import Location
from app.courses.content.hints import nearest
from app.courses.content.tree import Content, CourseTree, reach


class Faulty(Protocol):
    """Whatever takes the faults of an examination with their places."""

    def fault(self, location: Location, wrong: Message, mend: Message, *, key: bool = False) -> None: ...


Document = YamlDocument | Inside
Placed = tuple[Location, PoolRules, CourseTree]


def check_course_exam(tree: CourseTree, exam: CourseExam) -> None:
    """The rules, and that each pool finds its questions in the course."""
    document, modules = tree.document, tree.file.modules
    check_rules(document, exam)
    placed: list[Placed] = []
    for _section, place, pool in exam.all_pools():
        if pool.module is not None and pool.module not in modules:
            _unknown_module(document, place, pool.module, modules)
        else:
            placed.append((place, pool, tree))
    _check_pools(document, placed, all_modules_read=len(tree.modules) == len(modules))


def check_programme_exam(content: Content, document: Document, exam: ProgrammeExam, chosen: Sequence[str]) -> None:
    """The rules, and that each pool finds its questions in one of the programme's courses."""
    check_rules(document, exam)
    placed: list[Placed] = []
    complete = True
    for _section, place, pool in exam.all_pools():
        tree = content.courses.get(pool.course)
        if pool.course not in chosen:
            document.fault(
                (*place, "course"),
                N_(
                    "the programme has no course `%(course)s`%(meant)s",
                    course=pool.course,
                    meant=nearest(pool.course, chosen),
                ),
                N_("write one of the programme's courses"),
            )
        elif tree and pool.module is not None and pool.module not in tree.file.modules:
            _unknown_module(document, place, pool.module, tree.file.modules)
        elif tree:
            complete &= len(tree.modules) == len(tree.file.modules)
            placed.append((place, pool, tree))
    _check_pools(document, placed, all_modules_read=complete)


def _unknown_module(document: Document, place: Location, key: str, modules: Sequence[str]) -> None:
    document.fault(
        (*place, "module"),
        N_("the course has no module `%(key)s`%(meant)s", key=key, meant=nearest(key, modules)),
        N_("write one of the course's modules"),
    )


def _check_pools(document: Document, placed: Sequence[Placed], *, all_modules_read: bool) -> None:
    if not all_modules_read:
        return  # a fault of its own; every count would be wrong
    for place, pool, tree in placed:
        known = [question.id for question in reach(pool, tree)]
        for index, key in enumerate(pool.questions or ()):
            if key not in known:
                document.fault(
                    (*place, "questions", index),
                    N_("the pool reaches no bank question `%(key)s`%(meant)s", key=key, meant=nearest(key, known)),
                    N_("write the id of a question with `use: bank`"),
                )
    shared = share_out([(pool, reach(pool, tree)) for _place, pool, tree in placed])
    for (place, pool, tree), members in zip(placed, shared, strict=True):
        _check_pick(document, place, pool, tree, len(members))


def _check_pick(document: Document, place: Location, pool: PoolRules, tree: CourseTree, found: int) -> None:
    if pool.pick <= found:
        return
    fitting = sum(pool.takes(question) for question in reach(pool, tree))
    left = N_(", and %(found)s are left after the pools above", found=found) if found < fitting else ""
    document.fault(
        (*place, "pick"),
        N_("`pick` is %(pick)s but %(supply)s%(left)s", pick=pool.pick, supply=_supply(pool, fitting), left=left),
        N_("write at most %(found)s, or move the pool up", found=found)
        if left
        else N_("write at most %(found)s, or add questions with `use: bank`", found=found),
    )


def _supply(pool: PoolRules, number: int) -> Message:
    """How many questions there are for a pool."""
    narrowed = pool.tags or pool.difficulty or pool.questions
    if pool.module is None:
        return (
            N_("the course has %(number)s bank questions that fit", number=number)
            if narrowed
            else N_("the course has %(number)s bank questions", number=number)
        )
    return (
        N_("the module has %(number)s bank questions that fit", number=number)
        if narrowed
        else N_("the module has %(number)s bank questions", number=number)
    )


def check_rules(document: Faulty, exam: ExamRules[Any]) -> None:
    """What must hold between the rules themselves."""
    if (exam.pools is None) == (exam.sections is None):
        document.fault(
            ("exam",),
            N_("the examination has both `pools` and `sections`")
            if exam.pools
            else N_("the examination has no pools"),
            N_("write `pools`, or `sections` with pools in each"),
        )
    if exam.navigation == "forward_sections" and not exam.sections:
        document.fault(
            ("exam", "navigation"), N_("`forward_sections` needs sections"), N_("write `sections`, or `forward`")
        )
    if exam.opens_at and exam.closes_at and exam.opens_at >= exam.closes_at:
        document.fault(("exam", "closes_at"), N_("it closes before it opens"), N_("write a later moment"))
    if exam.review and "feedback" in exam.model_fields_set:
        document.fault(
            ("exam", "feedback"),
            N_("`feedback` and `review` say the same thing"),
            N_("keep one of them"),
            key=True,
        )
    if exam.closes_at is None and exam.shown_later().waits_for_close:
        document.fault(
            ("exam", "review" if exam.review else "feedback"),
            N_("something is shown only `after_close`, and the examination never closes"),
            N_("add `closes_at: …`, or choose another time"),
            key=True,
        )
