"""Every statement that a document prints, in both languages: one list for the page, the PDF and its checks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.certificates.rules import (
    AppointmentClaims,
    CompletionClaims,
    CourseRecord,
    DocumentKind,
    RecordClaims,
    Snapshot,
)
from app.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class Claim:
    """One line: what it is about, and the statement. ``key`` is stable, for programs and tests."""

    key: str
    label: Bilingual
    value: Bilingual


def _same(text: str) -> Bilingual:
    return {"zh": text, "en": text}


def long_day(iso: str) -> Bilingual:
    """2026年11月22日, 22 November 2026."""
    day = date.fromisoformat(iso)
    return {"zh": f"{day.year}年{day.month}月{day.day}日", "en": f"{day.day} {day:%B} {day.year}"}


def fields_for_wording(snapshot: Snapshot) -> dict[str, Bilingual]:
    """What the wording of a house style may speak of, by the names it has there."""
    match snapshot.document.claims:
        case CompletionClaims() as claims:
            return {
                "programme": claims.programme_title,
                "level": claims.programme_level,
                "hours": hours_of(claims.hours),
                "completed_on": long_day(claims.completed_on),
                "trained_at": claims.trained_at,
                "examination": claims.examination,
            }
        case RecordClaims() as claims:
            return {
                "programme": claims.programme_title,
                "level": claims.programme_level or claims.programme_title,
                "hours": hours_of(claims.hours),
                "starts_on": long_day(claims.starts_on),
                "ends_on": long_day(claims.ends_on),
                "trained_at": claims.trained_at,
            }
        case AppointmentClaims() as claims:
            return {
                "category": claims.category,
                "starts_on": long_day(claims.starts_on),
                "ends_on": long_day(claims.ends_on),
            }


def _joined(items: Iterable[Bilingual]) -> Bilingual:
    listed = list(items)
    return {"zh": "、".join(item["zh"] for item in listed), "en": ", ".join(item["en"] for item in listed)}


def plain(number: str) -> str:
    """A decimal string without idle zeros: 18.00000 → 18."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def short_digest(digest: str) -> str:
    return digest[:12]


def printed_claims(snapshot: Snapshot) -> list[Claim]:
    """What the document says, in the order of the page."""
    holder = snapshot.holder
    general = [
        Claim("number", {"zh": "编号", "en": "Number"}, _same(snapshot.number)),
        Claim("name", {"zh": "姓名", "en": "Name"}, {"zh": holder.name, "en": holder.latin or holder.name}),
        Claim("issuer", {"zh": "签发机构", "en": "Issuing body"}, snapshot.document.issuer),
        Claim("issued_on", {"zh": "签发日期", "en": "Date of issue"}, long_day(snapshot.issued_on)),
        Claim("validity", {"zh": "有效期", "en": "Validity"}, _validity(snapshot)),
        Claim("record", {"zh": "记录摘要", "en": "Record SHA-256"}, _same(snapshot.digest)),
    ]
    return [*general[:2], *_own(snapshot), *general[2:]]


def _own(snapshot: Snapshot) -> list[Claim]:
    match snapshot.document.claims:
        case CompletionClaims() as claims:
            return _completion(claims, snapshot.document.cycle)
        case AppointmentClaims() as claims:
            return _appointment(claims)
        case RecordClaims() as claims:
            return _record(claims)


def _validity(snapshot: Snapshot) -> Bilingual:
    until = snapshot.document.valid_until
    if snapshot.document.kind in {DocumentKind.HOURS, DocumentKind.TRANSCRIPT}:
        return {
            "zh": "反映签发之日的记录，不设有效期",
            "en": "States the record on the day of issue; does not expire",
        }
    if until is None:
        return {"zh": "结业是既成事实，不设有效期", "en": "A completion is a fact and does not expire"}
    day = long_day(until)
    return {"zh": f"至{day['zh']}", "en": f"Until {day['en']}"}


def result_of(claims: CompletionClaims) -> Bilingual | None:
    """考核合格, with the mark where it may be stated, and how long it stands; None without an examination."""
    if not claims.examined:
        return None
    result = _passed(claims.result_percent)
    if claims.result_valid_until:
        until = long_day(claims.result_valid_until)
        result = {
            "zh": f"{result['zh']}，结果有效至{until['zh']}",
            "en": f"{result['en']}; result valid until {until['en']}",
        }
    return result


def hours_of(hours: str) -> Bilingual:
    number = plain(hours)
    return {"zh": f"{number}学时", "en": f"{number} credit hours (45 min)"}


def _completion(claims: CompletionClaims, cycle: int) -> list[Claim]:
    lines = [
        Claim("programme", {"zh": "培养方案", "en": "Programme"}, claims.programme_title),
        Claim("level", {"zh": "层次", "en": "Level"}, claims.programme_level),
        Claim("trained_at", {"zh": "培训单位", "en": "Trained at"}, claims.trained_at),
        Claim("hours", {"zh": "学时", "en": "Hours"}, hours_of(claims.hours)),
        Claim("cycle", {"zh": "周期", "en": "Cycle"}, {"zh": f"第{cycle}周期", "en": f"Cycle {cycle}"}),
    ]
    if result := result_of(claims):
        lines.append(Claim("result", claims.examination, result))
    lines.append(Claim("completed_on", {"zh": "完成日期", "en": "Completed on"}, long_day(claims.completed_on)))
    if claims.law_as_of:
        lines.append(Claim("law_as_of", {"zh": "法律截止日期", "en": "Law as of"}, long_day(claims.law_as_of)))
    lines += [
        Claim(
            f"course:{course.key}",
            {"zh": "课程及版本", "en": "Course and revision"},
            {
                "zh": f"{course.title['zh']} {short_digest(course.revision_digest)}",
                "en": f"{course.title['en']} {short_digest(course.revision_digest)}",
            },
        )
        for course in claims.courses
    ]
    if claims.quiz_revision_digest:
        label: Bilingual = {"zh": "试卷版本", "en": "Examination revision"}
        lines.append(Claim("quiz", label, _same(short_digest(claims.quiz_revision_digest))))
    if claims.grade_run_id:
        lines.append(Claim("grade_run", {"zh": "评分记录", "en": "Grade run"}, _same(claims.grade_run_id)))
    return lines


def course_line(course: CourseRecord) -> Bilingual:
    """A course with hours, day, result and the revision it was taken in, as one statement."""
    hours, day, digest = (
        hours_of(course.hours),
        long_day(course.completed_on),
        short_digest(course.revision_digest),
    )
    result = percent_of(course.result_percent)
    return {
        "zh": "，".join(filter(None, (course.title["zh"], hours["zh"], day["zh"], result, digest))),
        "en": ", ".join(filter(None, (course.title["en"], hours["en"], day["en"], result, digest))),
    }


def _passed(percent: str | None) -> Bilingual:
    """考核合格（86%）; without the figure where the examination's review policy hides it."""
    if percent is None:
        return {"zh": "考核合格", "en": "Passed"}
    return {"zh": f"考核合格（{percent_of(percent)}）", "en": f"Passed ({percent_of(percent)})"}


def percent_of(percent: str | None) -> str:
    """86%; empty without a result."""
    return f"{plain(percent)}%" if percent is not None else ""


def period_of(claims: RecordClaims) -> Bilingual:
    """From the first completion to the last."""
    start, end = long_day(claims.starts_on), long_day(claims.ends_on)
    return {"zh": f"{start['zh']}至{end['zh']}", "en": f"{start['en']} to {end['en']}"}


def _record(claims: RecordClaims) -> list[Claim]:
    lines = []
    if claims.programme_key:
        lines.append(Claim("programme", {"zh": "培养方案", "en": "Programme"}, claims.programme_title))
    if claims.programme_level:
        lines.append(Claim("level", {"zh": "层次", "en": "Level"}, claims.programme_level))
    lines += [
        Claim("trained_at", {"zh": "培训单位", "en": "Trained at"}, claims.trained_at),
        Claim("hours", {"zh": "学时合计", "en": "Hours in total"}, hours_of(claims.hours)),
        Claim("period", {"zh": "完成时间", "en": "Completed"}, period_of(claims)),
    ]
    if claims.examination:
        lines.append(Claim("result", claims.examination, _passed(claims.result_percent)))
    if claims.law_as_of:
        lines.append(Claim("law_as_of", {"zh": "法律截止日期", "en": "Law as of"}, long_day(claims.law_as_of)))
    label: Bilingual = {"zh": "课程及版本", "en": "Course and revision"}
    lines += [Claim(f"course:{course.key}", label, course_line(course)) for course in claims.courses]
    if claims.quiz_revision_digest:
        quiz: Bilingual = {"zh": "试卷版本", "en": "Examination revision"}
        lines.append(Claim("quiz", quiz, _same(short_digest(claims.quiz_revision_digest))))
    if claims.grade_run_id:
        lines.append(Claim("grade_run", {"zh": "评分记录", "en": "Grade run"}, _same(claims.grade_run_id)))
    return lines


def _appointment(claims: AppointmentClaims) -> list[Claim]:
    term: Bilingual = {
        "zh": f"{long_day(claims.starts_on)['zh']}至{long_day(claims.ends_on)['zh']}",
        "en": f"{long_day(claims.starts_on)['en']} to {long_day(claims.ends_on)['en']}",
    }
    lines = [
        Claim("category", {"zh": "专家类别", "en": "Category"}, claims.category),
        Claim("fields", {"zh": "专业领域", "en": "Practice fields"}, _joined(claims.fields)),
        Claim("jurisdictions", {"zh": "法域", "en": "Jurisdictions"}, _joined(claims.jurisdictions)),
        Claim("languages", {"zh": "工作语言", "en": "Working languages"}, _joined(claims.languages)),
        Claim("term", {"zh": "聘期", "en": "Term"}, term),
    ]
    if claims.affiliation:
        lines.append(Claim("affiliation", {"zh": "所属单位", "en": "Affiliation"}, claims.affiliation))
    return lines
