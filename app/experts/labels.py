"""States, steps and reasons in words."""

from typing import Any, Final

from flask_babel import lazy_gettext as _l

from app.experts.evidence import Standing
from app.experts.rules import ApplicationState, EndClass, Lack, Step

STATES: Final[dict[ApplicationState, tuple[Any, str]]] = {
    ApplicationState.DRAFT: (_l("Draft"), "neutral"),
    ApplicationState.SUBMITTED: (_l("Submitted; formal check"), "info"),
    ApplicationState.UNDER_REVIEW: (_l("Under review"), "info"),
    ApplicationState.RECOMMENDED: (_l("Reviewed; to be decided"), "attention"),
    ApplicationState.APPOINTED: (_l("Appointed"), "ok"),
    ApplicationState.REJECTED: (_l("Not approved"), "danger"),
    ApplicationState.WITHDRAWN: (_l("Withdrawn"), "neutral"),
}
STEPS: Final[dict[Step, tuple[Any, str]]] = {
    Step.CREATED: (_l("Application begun"), "neutral"),
    Step.SUBMITTED: (_l("Submitted"), "info"),
    Step.RETURNED: (_l("Returned for completion"), "attention"),
    Step.ACCEPTED: (_l("Formal check passed; review begun"), "info"),
    Step.RECOMMENDED: (_l("Recommended"), "ok"),
    Step.NOT_RECOMMENDED: (_l("Not recommended"), "danger"),
    Step.APPROVED: (_l("Approved"), "ok"),
    Step.REJECTED: (_l("Not approved"), "danger"),
    Step.APPOINTED: (_l("Appointed"), "ok"),
    Step.WITHDRAWN: (_l("Withdrawn"), "neutral"),
}
STANDINGS: Final[dict[Standing, tuple[Any, str]]] = {
    Standing.MET: (_l("Criterion met"), "ok"),
    Standing.NOT_MET: (_l("Criterion not met"), "danger"),
    Standing.TO_JUDGE: (_l("To be judged"), "attention"),
}
END_CLASSES: Final[dict[EndClass, Any]] = {
    EndClass.RESIGNATION: _l("Resignation"),
    EndClass.DISCIPLINE: _l("Disciplinary sanction"),
    EndClass.FALSE_MATERIAL: _l("False material was given"),
    EndClass.CONFIDENTIALITY: _l("Breach of confidentiality"),
    EndClass.UNDISCLOSED_CONFLICT: _l("Undisclosed conflict of interest"),
    EndClass.REPEATED_REFUSAL: _l("Repeated refusal of assignments"),
    EndClass.TERM_OVER: _l("End of the term"),
}
LACKS: Final[dict[Lack, Any]] = {
    Lack.CATEGORY: _l("Choose a category."),
    Lack.FIELDS: _l("Choose at least one practice field."),
    Lack.JURISDICTIONS: _l("Choose at least one jurisdiction."),
    Lack.LANGUAGES: _l("Choose at least one working language with its level."),
    Lack.ANSWER: _l("This criterion needs your answer."),
}
