"""Questions in QTI 1.2 as Common Cartridges carry them, written by hand."""

from collections.abc import Sequence
from typing import Final

_MATERIAL: Final = '<material><mattext texttype="{}">{}</mattext></material>'


def html(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return _MATERIAL.format("text/html", escaped)


def plain(text: str) -> str:
    return _MATERIAL.format("text/plain", text)


def says(name: str, text: str, inside: str = "flow_mat") -> str:
    """A feedback; ``inside``: solution for one."""
    wrapped = html(text) if inside == "flow_mat" else f"<solutionmaterial>{html(text)}</solutionmaterial>"
    return f'<itemfeedback ident="{name}"><{inside}>{wrapped}</{inside}></itemfeedback>'


def when(variables: str, *, score: str = "", feedback: str = "", action: str = "Set") -> str:
    """A condition: what earns a score, or shows a feedback."""
    earns = f'<setvar action="{action}" varname="SCORE">{score}</setvar>' if score else ""
    shows = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    return f"<respcondition><conditionvar>{variables}</conditionvar>{earns}{shows}</respcondition>"


def equal(value: str, tag: str = "varequal", **attributes: str) -> str:
    more = "".join(f' {name}="{said}"' for name, said in attributes.items())
    return f'<{tag} respident="r"{more}>{value}</{tag}>'


def item(
    profile: str,
    prompt: str,
    response: str,
    *conditions: str,
    feedback: str = "",
    name: str = "i1",
    weighting: str = "",
) -> str:
    fields = "".join(
        f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
        for label, entry in (("cc_profile", f"cc.{profile}.v0p1"), ("cc_weighting", weighting))
        if entry
    )
    return (
        f'<item ident="{name}" title="Question"><itemmetadata><qtimetadata>{fields}</qtimetadata></itemmetadata>'
        f"<presentation>{prompt}{response}</presentation><resprocessing><outcomes>"
        '<decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>'
        f"{''.join(conditions)}</resprocessing>{feedback}</item>"
    )


def choices(texts: Sequence[str], cardinality: str = "Single") -> str:
    """Choices named a, b, c …"""
    labels = "".join(
        f'<response_label ident="{chr(97 + place)}">{plain(text)}</response_label>'
        for place, text in enumerate(texts)
    )
    shown = f"<render_choice>{labels}</render_choice>"
    return f'<response_lid ident="r" rcardinality="{cardinality}">{shown}</response_lid>'


FIELD: Final = '<response_str ident="r" rcardinality="Single"><render_fib/></response_str>'
CHOICE: Final = item(
    "multiple_choice",
    html("Who <b>decides</b>?"),
    choices(["The office", "The commission"]),
    when("<other/>", feedback="general_fb"),
    when(equal("a"), feedback="a_fb"),
    when(equal("b"), score="100", feedback="correct_fb"),
    feedback=says("general_fb", "By statute.") + says("a_fb", "It files.") + says("correct_fb", "Well done."),
)
STATEMENT: Final = item(
    "true_false", plain("An order is advice."), choices(["True", "False"]), when(equal("b"), score="100")
)
SEVERAL: Final = item(
    "multiple_response",
    plain("Which are orders?"),
    choices(["Exclusion", "Advice", "Cease and desist"], "Multiple"),
    when(f"<and>{equal('a')}<not>{equal('b')}</not>{equal('c')}</and>", score="100"),
    weighting="2",
)
GAP: Final = item(
    "fib",
    plain("Short for commission: ____"),
    FIELD,
    when(f"<or>{equal('ITC')}{equal('USITC')}</or>", score="100"),
    feedback=says("solution", "ITC.", "solution"),
)
PATTERN: Final = item(
    "pattern_match",
    plain("Name the remedy."),
    FIELD,
    when(equal("exclusion", "varsubstring", case="Yes"), score="100"),
)
ESSAY: Final = item(
    "essay", html("<p>Advise the client.</p>"), FIELD, feedback=says("solution", "She may complain.", "solution")
)
EVERY: Final = (CHOICE, STATEMENT, SEVERAL, GAP, PATTERN, ESSAY)


def assessment(items: Sequence[str] = EVERY, title: str = "Test on orders") -> str:
    return (
        '<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2">'
        f'<assessment ident="t" title="{title}"><section ident="s">{"".join(items)}</section></assessment>'
        "</questestinterop>"
    )


def bank(items: Sequence[str], title: str = "Remedies") -> str:
    field = f"<fieldlabel>bank_title</fieldlabel><fieldentry>{title}</fieldentry>"
    return (
        f'<questestinterop><objectbank ident="b"><qtimetadata><qtimetadatafield>{field}</qtimetadatafield>'
        f"</qtimetadata>{''.join(items)}</objectbank></questestinterop>"
    )
