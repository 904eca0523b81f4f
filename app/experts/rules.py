"""The vocabulary of the pool, the states of an application, and what an application lacks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from app.core.text import Bilingual
from app.experts.criteria import Criterion, DeclarationCriterion, StatementCriterion


class ApplicationState(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    #: The formal check is passed; a reviewer has it.
    UNDER_REVIEW = "under_review"
    #: The reviewer has made her recommendation, for or against.
    RECOMMENDED = "recommended"
    APPOINTED = "appointed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


OPEN_STATES: Final = (
    ApplicationState.DRAFT,
    ApplicationState.SUBMITTED,
    ApplicationState.UNDER_REVIEW,
    ApplicationState.RECOMMENDED,
)
#: What a certifier has to do something about.
WAITING_STATES: Final = OPEN_STATES[1:]


class Step(StrEnum):
    """What happened to an application."""

    CREATED = "created"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    RECOMMENDED = "recommended"
    NOT_RECOMMENDED = "not_recommended"
    APPROVED = "approved"
    REJECTED = "rejected"
    APPOINTED = "appointed"
    WITHDRAWN = "withdrawn"


class EndClass(StrEnum):
    """Why an appointment ended before its term."""

    RESIGNATION = "resignation"
    DISCIPLINE = "discipline"
    FALSE_MATERIAL = "false_material"
    CONFIDENTIALITY = "confidentiality"
    UNDISCLOSED_CONFLICT = "undisclosed_conflict"
    REPEATED_REFUSAL = "repeated_refusal"
    TERM_OVER = "term_over"


class Facet(StrEnum):
    """By what the pool is searched."""

    FIELD = "field"
    JURISDICTION = "jurisdiction"
    LANGUAGE = "language"


CATEGORIES: Final[Mapping[str, Bilingual]] = {
    "lawyer": {"zh": "律师", "en": "Lawyer"},
    "patent-attorney": {"zh": "专利代理师", "en": "Patent attorney"},
    "trademark-agent": {"zh": "商标代理从业者", "en": "Trademark agent"},
    "in-house": {"zh": "企业法务", "en": "In-house counsel"},
    "scholar": {"zh": "学者", "en": "Scholar"},
    "foreign-expert": {"zh": "境外专家", "en": "Expert from abroad"},
}
FIELDS: Final[Mapping[str, Bilingual]] = {
    "patent": {"zh": "专利", "en": "Patents"},
    "design": {"zh": "外观设计", "en": "Designs"},
    "trademark": {"zh": "商标", "en": "Trademarks"},
    "copyright": {"zh": "著作权", "en": "Copyright"},
    "trade-secret": {"zh": "商业秘密", "en": "Trade secrets"},
    "domain-name": {"zh": "域名", "en": "Domain names"},
    "sep": {"zh": "标准必要专利", "en": "Standard-essential patents"},
    "section-337": {"zh": "337调查", "en": "Section 337 investigations"},
    "tro": {"zh": "临时限制令与跨境电商", "en": "TROs and cross-border e-commerce"},
    "upc": {"zh": "欧洲统一专利法院", "en": "Unified Patent Court"},
    "customs": {"zh": "海关保护", "en": "Customs protection"},
    "licensing": {"zh": "许可与技术出口", "en": "Licensing and export of technology"},
}
JURISDICTIONS: Final[Mapping[str, Bilingual]] = {
    "US": {"zh": "美国", "en": "United States"},
    "EU": {"zh": "欧盟", "en": "European Union"},
    "DE": {"zh": "德国", "en": "Germany"},
    "FR": {"zh": "法国", "en": "France"},
    "IT": {"zh": "意大利", "en": "Italy"},
    "NL": {"zh": "荷兰", "en": "Netherlands"},
    "GB": {"zh": "英国", "en": "United Kingdom"},
    "JP": {"zh": "日本", "en": "Japan"},
    "KR": {"zh": "韩国", "en": "Republic of Korea"},
    "IN": {"zh": "印度", "en": "India"},
    "SG": {"zh": "新加坡", "en": "Singapore"},
    "VN": {"zh": "越南", "en": "Viet Nam"},
    "ID": {"zh": "印度尼西亚", "en": "Indonesia"},
    "TH": {"zh": "泰国", "en": "Thailand"},
    "MY": {"zh": "马来西亚", "en": "Malaysia"},
    "RU": {"zh": "俄罗斯", "en": "Russian Federation"},
    "BR": {"zh": "巴西", "en": "Brazil"},
    "MX": {"zh": "墨西哥", "en": "Mexico"},
    "CA": {"zh": "加拿大", "en": "Canada"},
    "AU": {"zh": "澳大利亚", "en": "Australia"},
    "AE": {"zh": "阿联酋", "en": "United Arab Emirates"},
    "SA": {"zh": "沙特阿拉伯", "en": "Saudi Arabia"},
    "ZA": {"zh": "南非", "en": "South Africa"},
    "INT": {"zh": "国际条约与仲裁", "en": "Treaties and arbitration"},
}
LANGUAGES: Final[Mapping[str, Bilingual]] = {
    "en": {"zh": "英语", "en": "English"},
    "ja": {"zh": "日语", "en": "Japanese"},
    "ko": {"zh": "韩语", "en": "Korean"},
    "de": {"zh": "德语", "en": "German"},
    "fr": {"zh": "法语", "en": "French"},
    "es": {"zh": "西班牙语", "en": "Spanish"},
    "pt": {"zh": "葡萄牙语", "en": "Portuguese"},
    "ru": {"zh": "俄语", "en": "Russian"},
    "it": {"zh": "意大利语", "en": "Italian"},
    "ar": {"zh": "阿拉伯语", "en": "Arabic"},
    "vi": {"zh": "越南语", "en": "Vietnamese"},
    "th": {"zh": "泰语", "en": "Thai"},
    "id": {"zh": "印度尼西亚语", "en": "Indonesian"},
}
LEVELS: Final[Mapping[str, Bilingual]] = {
    "reading": {"zh": "能阅读", "en": "reads"},
    "working": {"zh": "可工作", "en": "works in it"},
    "fluent": {"zh": "精通", "en": "fluent"},
}
VOCABULARY: Final[Mapping[Facet, Mapping[str, Bilingual]]] = {
    Facet.FIELD: FIELDS,
    Facet.JURISDICTION: JURISDICTIONS,
    Facet.LANGUAGE: LANGUAGES,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What an applicant says to one criterion."""

    declared: bool = False
    years: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """What an application says of the applicant. ``languages`` are (code, level)."""

    category: str = ""
    fields: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    languages: tuple[tuple[str, str], ...] = ()
    industry_platform: str = ""
    sub_centre: str = ""
    summary: str = ""
    answers: Mapping[str, Answer] | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Profile":
        return cls(
            category=data.get("category", ""),
            fields=tuple(data.get("fields", ())),
            jurisdictions=tuple(data.get("jurisdictions", ())),
            languages=tuple((code, level) for code, level in data.get("languages", ())),
            industry_platform=data.get("industry_platform") or "",
            sub_centre=data.get("sub_centre") or "",
            summary=data.get("summary", ""),
            answers={key: Answer(**value) for key, value in (data.get("answers") or {}).items()},
        )

    def answer(self, criterion_id: str) -> Answer:
        return (self.answers or {}).get(criterion_id, Answer())


class Lack(StrEnum):
    """What must be there before an application can be submitted."""

    CATEGORY = "category"
    FIELDS = "fields"
    JURISDICTIONS = "jurisdictions"
    LANGUAGES = "languages"
    ANSWER = "answer"


def lacks(profile: Profile, criteria: Sequence[Criterion]) -> list[tuple[Lack, str]]:
    """What the application lacks, with the criterion's id for an answer; empty: it can be submitted."""
    found = [
        (lack, "")
        for lack, given in (
            (Lack.CATEGORY, profile.category in CATEGORIES),
            (Lack.FIELDS, profile.fields),
            (Lack.JURISDICTIONS, profile.jurisdictions),
            (Lack.LANGUAGES, profile.languages),
        )
        if not given
    ]
    for criterion in criteria:
        answer = profile.answer(criterion.id)
        missing = (isinstance(criterion, DeclarationCriterion) and not answer.declared) or (
            isinstance(criterion, StatementCriterion) and (answer.years is None or not answer.text)
        )
        if criterion.required and missing:
            found.append((Lack.ANSWER, criterion.id))
    return found
