"""What is marked by people: a rubric in words for other systems, and one where a file brings none."""

from decimal import Decimal
from typing import Final

from app.core.messages import N_, Message
from app.quizzes.interchange.model import LANGUAGES, Raw, Texts

#: What a stranger's essay lacks here.
NO_RUBRIC: Final = N_("It came without our kind of rubric; a general one stands in its place. Write your own.")
_HEADINGS: Final = {"zh": ("评分标准", "参考答案"), "en": ("Rubric", "Model answer")}
_POINTS: Final = {"zh": "{} 分", "en": "{} points"}
_BETWEEN: Final = {"zh": "：", "en": ": "}


def for_markers(raw: Raw) -> Texts:
    """The rubric and the model answer as Markdown, for those who mark elsewhere."""
    return {tag: _for_markers(raw, tag) for tag in LANGUAGES}


def _for_markers(raw: Raw, tag: str) -> str:
    rubric, model = _HEADINGS[tag]
    lines = [f"### {rubric}", ""]
    for row in raw["rubric"]:
        best = max(Decimal(str(level["points"])) for level in row["levels"])
        lines.append(f"- {_line(row['text'][tag])} ({_POINTS[tag].format(best)})")
        lines += [
            f"    - {_POINTS[tag].format(level['points'])}{_BETWEEN[tag]}{_line(level['text'][tag])}"
            for level in row["levels"]
        ]
    return "\n".join([*lines, "", f"### {model}", "", raw["model"][tag]])


def _line(text: str) -> str:
    return " ".join(text.split())


def essay_part(model: Texts, notes: list[Message]) -> Raw:
    """An essay with a general rubric: somebody writes the real one, and a model answer if the file has none."""
    notes.append(NO_RUBRIC)
    levels = [
        {"id": "l1", "points": 0, "text": {"zh": "未达到要求", "en": "Does not meet the requirements"}},
        {"id": "l2", "points": 1, "text": {"zh": "部分达到要求", "en": "Meets them in part"}},
        {"id": "l3", "points": 2, "text": {"zh": "达到要求", "en": "Meets the requirements"}},
    ]
    rubric = [{"id": "r1", "text": {"zh": "整体评价", "en": "Overall"}, "levels": levels}]
    return {"type": "essay", "rubric": rubric, "model": model}
