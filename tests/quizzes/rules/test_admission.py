"""Codes, networks and declarations; the steps of forward-only papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.text import Bilingual
from app.quizzes.rules import (
    NOTHING_BROUGHT,
    Admission,
    Missing,
    Navigation,
    QuizSettings,
    current_step,
    honour_digest,
    is_inside,
    missing,
    step_ends,
)

HONOUR: Bilingual = {"zh": "我独立作答。", "en": "I work alone."}


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("2001:db8:1::7", True),
        ("2001:db9::7", False),
        ("::ffff:10.1.2.3", True),
        ("", False),
        ("not an address", False),
    ],
)
def test_networks_of_both_versions(address: str, inside: bool) -> None:
    settings = QuizSettings(minutes=30, pass_mark=60, networks=("10.0.0.0/8", "2001:db8::/32"))
    assert is_inside(settings, address) is inside
    assert is_inside(QuizSettings(minutes=30, pass_mark=60), address)


@pytest.mark.parametrize("sealed", [False, True])
def test_everything_asked_for_is_needed_and_width_and_case_of_the_code_are_not(sealed: bool) -> None:
    settings = QuizSettings(
        minutes=30, pass_mark=60, access_code="Jade 7", honour=HONOUR, networks=("10.0.0.0/8",)
    )
    if sealed:
        settings = settings.sealed("exam-1")
    accepted = honour_digest(HONOUR) or ""
    right = Admission("ｊａｄｅ 7 ", accepted, "10.0.0.1")
    assert missing(settings, right) is None
    assert missing(settings, Admission("jade 7", accepted, "192.0.2.1")) is Missing.NETWORK
    assert missing(settings, Admission("jade 8", accepted, "10.0.0.1")) is Missing.ACCESS_CODE
    other = honour_digest({"zh": "", "en": ""}) or ""
    assert missing(settings, Admission("jade 7", other, "10.0.0.1")) is Missing.HONOUR
    unticked = Admission.read({"access_code": "jade 7", "honour": accepted}, "10.0.0.1")
    assert missing(settings, unticked) is Missing.HONOUR
    ticked = {"access_code": "jade 7", "honour": accepted, "accepted": "y"}
    assert missing(settings, Admission.read(ticked, "10.0.0.1")) is None


def test_nothing_is_needed_where_nothing_is_asked_for() -> None:
    settings = QuizSettings(minutes=30, pass_mark=60)
    assert missing(settings, NOTHING_BROUGHT) is None
    assert settings.sealed("exam-1") == settings
    assert honour_digest(None) is None


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=5), navigation=st.sampled_from(Navigation))
def test_the_steps_lie_one_after_the_other_and_cover_the_paper(sizes: list[int], navigation: Navigation) -> None:
    sections = [section for section, size in enumerate(sizes) for _ in range(size)]
    ends = step_ends(navigation, sections)
    wanted = {Navigation.FREE: 1, Navigation.FORWARD: len(sections), Navigation.FORWARD_SECTIONS: len(sizes)}
    assert len(ends) == wanted[navigation]
    at, covered = 0, []
    for _step in ends:
        first, last = current_step(ends, at)
        covered += list(range(first, last + 1))
        at = last
    assert covered == list(range(1, len(sections) + 1))
    assert current_step(ends, at) == current_step(ends, ends[-1])
