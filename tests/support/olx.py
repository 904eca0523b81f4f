"""An Open edX course as its studio exports it, written by hand in both layouts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.support.packages import picture

CHOICE: Final = """<problem display_name="Who decides"><multiplechoiceresponse><label>Who <b>decides</b>?</label>
<choicegroup type="MultipleChoice"><choice correct="false">The office<choicehint>It files.</choicehint></choice>
<choice correct="true">The commission</choice></choicegroup>
<solution><div class="detailed-solution"><p>Explanation</p><p>By statute.</p></div></solution>
</multiplechoiceresponse><demandhint><hint>Read part 2.</hint></demandhint></problem>"""
CHECKBOXES: Final = """<problem weight="2"><choiceresponse><p>Which are orders?</p><checkboxgroup>
<choice correct="true">Exclusion<choicehint selected="false">This is one.</choicehint></choice>
<choice correct="true">Cease and desist</choice><choice correct="false">Advice</choice>
</checkboxgroup></choiceresponse></problem>"""
NUMBER: Final = """<problem><p>How many days?</p><numericalresponse answer="60">
<responseparam type="tolerance" default="5%"/><formulaequationinput/></numericalresponse></problem>"""
STRING: Final = """<problem><p>Short for commission: <b>I__</b></p><stringresponse answer="ITC" type="ci">
<additional_answer answer="USITC"/><textline/></stringresponse></problem>"""
LIST: Final = """<problem><p>Choose.</p><optionresponse><optioninput options="('one','two')" correct="two"/>
</optionresponse></problem>"""
SCRIPTED: Final = """<problem display_name="Random"><script type="loncapa/python">x = 1</script>
<numericalresponse answer="$x"><formulaequationinput/></numericalresponse></problem>"""
VIDEO: Final = """<video display_name="A talk" youtube="1.00:abcdefghijk" transcripts='{"en": "talk.srt"}'/>"""
HTML: Final = """<p>What an order <b>does</b>. <img src="/static/court_house.png" alt="A court"/></p>
<script>alert(1)</script>"""
SPOKEN: Final = """1
00:00:01,000 --> 00:00:02,500
Good morning.

2
00:00:03,000 --> 00:00:04,000
<i>Let us</i> begin.
"""


@dataclass(frozen=True)
class Part:
    """A chapter, sequential or vertical with what it holds."""

    tag: str
    title: str
    parts: list["Part | str"] = field(default_factory=list)
    attributes: str = ""


OUTLINE: Final = Part(
    "chapter",
    "Orders",
    [
        Part(
            "sequential",
            "Exclusion orders",
            [
                Part("vertical", "What they do", [HTML, CHOICE, "<discussion/>"]),
                Part("vertical", "Practice", [CHECKBOXES, NUMBER, SCRIPTED]),
                Part("vertical", "A talk", [VIDEO]),
            ],
        ),
        Part("sequential", "Test", [Part("vertical", "Test", [STRING, LIST])], ' graded="true"'),
    ],
)


class _Writer:
    """Writes the outline; ``files``: each part into a file of its own, named by its place."""

    def __init__(self, *, files: bool) -> None:
        self.files = files
        self.made: dict[str, bytes | str] = {}

    def part(self, part: Part | str, name: str) -> str:
        if isinstance(part, str):
            return self.component(part, name)
        inner = "".join(self.part(one, f"{name}{number}") for number, one in enumerate(part.parts))
        title = f'display_name="{part.title}"{part.attributes}'
        if not self.files:
            return f'<{part.tag} url_name="{name}" {title}>{inner}</{part.tag}>'
        self.made[f"course/{part.tag}/{name}.xml"] = f"<{part.tag} {title}>{inner}</{part.tag}>"
        return f'<{part.tag} url_name="{name}"/>'

    def component(self, content: str, name: str) -> str:
        tag = content[1:].replace(">", " ").replace("/", " ").split()[0]
        if not self.files:
            return content if tag != "p" else f'<html display_name="Text">{content}</html>'
        if tag == "p":
            self.made[f"course/html/{name}.xml"] = f'<html filename="{name}" display_name="Text"/>'
            self.made[f"course/html/{name}.html"] = content
            return f'<html url_name="{name}"/>'
        self.made[f"course/{tag}/{name}.xml"] = content
        return f'<{tag} url_name="{name}"/>'


def olx(changed: Mapping[str, bytes | str] | None = None, *, files: bool = True) -> dict[str, bytes | str]:
    """The files of the course: one for each part, or all in ``course.xml``; some of them given otherwise."""
    writer = _Writer(files=files)
    course = f'display_name="Border measures">{writer.part(OUTLINE, "0")}</course>'
    if files:
        writer.made["course/course.xml"] = '<course url_name="2026" org="X" course="B1"/>'
        writer.made["course/course/2026.xml"] = f"<course {course}"
    else:
        writer.made["course/course.xml"] = f'<course org="X" course="B1" {course}'
    others: dict[str, bytes | str] = {
        "course/static/court house.png": picture(),
        "course/static/talk.srt": SPOKEN,
        "course/static/notes.pdf": b"%PDF-1.4",
        "course/policies/2026/policy.json": "{}",
        "course/about/overview.html": "<p>About</p>",
    }
    return writer.made | others | dict(changed or {})
