"""What holds between files: citations, languages side by side, hours, questions, pools, programmes."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from app.core.messages import N_, Message
from app.courses.content.exam_checks import check_course_exam, check_programme_exam
from app.courses.content.exams import ExamRules
from app.courses.content.faults import Inside, Report, YamlDocument
from app.courses.content.figure_checks import check_figure_file
from app.courses.content.files import Location
from app.courses.content.hints import nearest
from app.courses.content.lesson_checks import check_text, check_texts_agree, unknown_instrument
from app.courses.content.media_checks import check_media_folder
from app.courses.content.question_checks import check_question
from app.courses.content.schema import ProgrammeFile, RenewalRules
from app.courses.content.tree import Content, CourseTree, ModuleTree

_ORGANISATION: Final = N_("give every organisation an id of its own")
_TERM: Final = N_("give every term an id of its own")
_QUESTION: Final = N_("give every question an id of its own")
_EXAMINATION: Final = N_("give every examination an id of its own")
_MODULE: Final = N_("give every module an id of its own")
_LESSON: Final = N_("give every lesson an id of its own")
_OBJECTIVE: Final = N_("give every objective an id of its own")


def check_everything(content: Content, report: Report) -> None:
    """Report every fault that no single file shows by itself."""
    _check_ids(content)
    _check_organisations(content)
    for course in content.courses.values():
        _check_course(content, course)
        for path in course.figures.values():
            check_figure_file(path, report)
        check_media_folder(course.media, report)
        for module in course.modules:
            _check_module(content, course, module, report)
    check_programmes(content)


def check_programmes(content: Content) -> None:
    """Report every fault between programmes and the courses they are made of."""
    for programme in content.programmes.values():
        _check_programme(content, programme, content.documents["programme", programme.id])


def taught_in(programme: ProgrammeFile) -> set[str]:
    """The courses that a programme, or its renewal, offers."""
    demands = [programme.courses, *([programme.renewal.courses] if programme.renewal else [])]
    return {key for courses in demands for key in (*courses.compulsory, *courses.elective.from_)}


def _twice(ids: Iterable[tuple[str, Callable[[], None]]], taken: Iterable[str] = ()) -> None:
    seen = set(taken)
    for key, complain in ids:
        if key in seen:
            complain()
        seen.add(key)


def _complaint(document: YamlDocument, location: Location, key: str, mend: Message) -> Callable[[], None]:
    return lambda: document.fault(location, N_("`%(key)s` is used twice", key=key), mend)


def _check_ids(content: Content) -> None:
    if document := content.documents.get(("organisations", "")):
        _twice(
            (
                item.id,
                _complaint(
                    document,
                    ("organisations", index, "id"),
                    item.id,
                    _ORGANISATION,
                ),
            )
            for index, item in enumerate(content.organisations)
        )
    if document := content.documents.get(("glossary", "")):
        _twice(
            (
                item.id,
                _complaint(document, ("terms", index, "id"), item.id, _TERM),
            )
            for index, item in enumerate(content.terms)
        )
    _twice(
        (
            (
                question.id,
                _complaint(
                    module.questions_document,
                    ("questions", index, "id"),
                    question.id,
                    _QUESTION,
                ),
            )
            for course in content.courses.values()
            for module in course.modules
            if (document := module.questions_document)
            for index, question in enumerate(module.questions)
        ),
        content.taken_questions,
    )
    programmes = [(item, content.documents["programme", item.id]) for item in content.programmes.values()]
    exams: list[tuple[ExamRules[Any] | None, YamlDocument, Location]] = [
        *((tree.file.exam, tree.document, ("exam", "id")) for tree in content.courses.values()),
        *((item.exam, document, ("exam", "id")) for item, document in programmes),
        *(
            (item.renewal.exam, document, ("renewal", "exam", "id"))
            for item, document in programmes
            if item.renewal
        ),
    ]
    _twice(
        (
            (exam.id, _complaint(exam_document, place, exam.id, _EXAMINATION))
            for exam, exam_document, place in exams
            if exam
        ),
        content.taken_exams,
    )


def _check_organisations(content: Content) -> None:
    known = {item.id for item in content.organisations}
    document = content.documents.get(("organisations", ""))
    for index, item in enumerate(content.organisations):
        if item.parent and item.parent not in known and document:
            document.fault(
                ("organisations", index, "parent"),
                N_(
                    "there is no organisation `%(key)s`%(meant)s",
                    key=item.parent,
                    meant=nearest(item.parent, known),
                ),
                N_("write the id of an organisation in this file, or null"),
            )


def _check_organisation(content: Content, key: str | None, document: YamlDocument) -> None:
    known = {item.id for item in content.organisations}
    if key is not None and key not in known:
        document.fault(
            ("organisation",),
            N_("there is no organisation `%(key)s`%(meant)s", key=key, meant=nearest(key, known)),
            N_("write an id of organisations.yaml"),
        )


def _check_course(content: Content, tree: CourseTree) -> None:
    course, document = tree.file, tree.document
    _check_organisation(content, course.organisation, document)
    total = sum(module.file.hours for module in tree.modules)
    if len(tree.modules) == len(course.modules) and total != course.hours:
        document.fault(
            ("hours",),
            N_("`hours` is %(hours)s but the modules' hours add up to %(total)s", hours=course.hours, total=total),
            N_("write `hours: %(total)s`, or correct the modules", total=total),
        )
    _twice(
        (key, _complaint(document, ("modules", index), key, _MODULE)) for index, key in enumerate(course.modules)
    )
    _check_homes(tree)
    if course.exam:
        check_course_exam(tree, course.exam)


def _check_homes(tree: CourseTree) -> None:
    """No two lessons go by the same module and id, the one in which a lesson was first published counting."""
    known: set[tuple[str, str]] = set()
    entries = [
        (module, index, entry) for module in tree.modules for index, entry in enumerate(module.file.lessons)
    ]
    for module, index, entry in sorted(entries, key=lambda found: found[2].moved_from is not None):
        home = (entry.moved_from or module.file.id, entry.id)
        if entry.moved_from == module.file.id:
            module.document.fault(
                ("lessons", index, "moved_from"), N_("the lesson stands in that module"), N_("remove `moved_from`")
            )
        elif home in known and entry.moved_from is not None:
            module.document.fault(
                ("lessons", index, "moved_from"),
                N_("the module `%(moved_from)s` has a lesson `%(id)s`", moved_from=entry.moved_from, id=entry.id),
                N_("remove `moved_from`, or give the lesson there an id of its own"),
            )
        known.add(home)


def _check_module(content: Content, course: CourseTree, tree: ModuleTree, report: Report) -> None:
    module, document = tree.file, tree.document
    _twice(
        (
            entry.id,
            _complaint(document, ("lessons", index, "id"), entry.id, _LESSON),
        )
        for index, entry in enumerate(module.lessons)
    )
    _twice(
        (
            item.id,
            _complaint(document, ("objectives", index, "id"), item.id, _OBJECTIVE),
        )
        for index, item in enumerate(module.objectives)
    )
    named: list[tuple[Location, str]] = [
        *((("law", index), key) for index, key in enumerate(module.law)),
        *((("readings", index, "instrument"), item.instrument) for index, item in enumerate(module.readings)),
    ]
    for place, key in named:
        if key not in content.instruments:
            document.fault(place, *unknown_instrument(key, content.instruments))
    for texts in tree.texts.values():
        for text in texts.values():
            check_text(content, course, tree, text, report)
        if len(texts) == 2:
            check_texts_agree(texts, report)
    if tree.questions_document:
        _check_questions(content, tree, tree.questions_document)


def _check_questions(content: Content, tree: ModuleTree, document: YamlDocument) -> None:
    texts = [text for languages in tree.texts.values() for text in languages.values()]
    placed = {spot.text for text in texts for spot in text.document.questions}
    complete = len(tree.texts) == len(tree.file.lessons)
    for index, question in enumerate(tree.questions):
        check_question(content, tree, index, question, document)
        if complete and question.use == "check" and question.id not in placed:
            document.fault(
                ("questions", index, "id"),
                N_("the check question `%(id)s` stands in no lesson", id=question.id),
                N_("place it with `::: question %(id)s`, or write `use: bank`", id=question.id),
            )


def _check_programme(content: Content, programme: ProgrammeFile, document: YamlDocument) -> None:
    _check_organisation(content, programme.organisation, document)
    taught = [*programme.courses.compulsory, *programme.courses.elective.from_]
    _check_demands(content, programme, document, (), taught)
    if programme.renewal:
        _check_demands(content, programme.renewal, document, ("renewal",), taught)


def _check_demands(
    content: Content,
    demands: ProgrammeFile | RenewalRules,
    document: YamlDocument,
    within: Location,
    taught: list[str],
) -> None:
    """Courses, electives, hours and examination of a programme, or of its renewal."""
    courses = demands.courses
    chosen = [*courses.compulsory, *courses.elective.from_]
    places: list[tuple[Location, str]] = [
        *(((*within, "courses", "compulsory", index), key) for index, key in enumerate(courses.compulsory)),
        *(
            ((*within, "courses", "elective", "from", index), key)
            for index, key in enumerate(courses.elective.from_)
        ),
    ]
    for place, key in places:
        if key not in content.courses and not (content.root / "courses" / key).is_dir():
            document.fault(
                place,
                N_("there is no course `%(key)s`%(meant)s", key=key, meant=nearest(key, content.courses)),
                N_("write a course's id"),
            )
    if courses.elective.minimum > len(courses.elective.from_):
        document.fault(
            (*within, "courses", "elective", "minimum"),
            N_(
                "`minimum` is %(minimum)s but %(number)s electives are offered",
                minimum=courses.elective.minimum,
                number=len(courses.elective.from_),
            ),
            N_("offer more electives, or ask for fewer"),
        )
    if demands.exam:
        check_programme_exam(content, Inside(document, within), demands.exam, [*taught, *chosen])
    if all(key in content.courses for key in chosen):
        reachable = sum(content.courses[key].file.hours for key in chosen)
        if demands.hours > reachable:
            document.fault(
                (*within, "hours"),
                N_(
                    "`hours` is %(hours)s but the courses give %(reachable)s at most",
                    hours=demands.hours,
                    reachable=reachable,
                ),
                N_("write at most %(reachable)s, or add courses", reachable=reachable),
            )
