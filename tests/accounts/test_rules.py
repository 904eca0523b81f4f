"""Names, passwords and pace."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import rules
from app.accounts.rules import PasswordFault, password_fault

pytestmark = pytest.mark.no_database

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["LIN JIANWEI", "O'NEILL MARY-ANN", "LI", "AINIWAER"])
def test_names_as_in_a_passport(name: str) -> None:
    assert rules.is_latin_name(name)


@pytest.mark.parametrize(
    "name", ["", "Lin Jianwei", "LIN  JIANWEI", " LIN", "LIN-", "LÜ", "林", "LIN3", "LIN, JIANWEI", "A" * 81]
)
def test_what_is_no_name_in_a_passport(name: str) -> None:
    assert not rules.is_latin_name(name)


def test_typing_is_brought_into_a_passports_form() -> None:
    assert rules.tidy_latin_name("  o’neill   mary‐ann ") == "O'NEILL MARY-ANN"


@given(st.text(max_size=90))
def test_tidying_a_latin_name_twice_changes_nothing(text: str) -> None:
    once = rules.tidy_latin_name(text)
    assert rules.tidy_latin_name(once) == once


@pytest.mark.parametrize("name", ["林见微", "阿依古丽·买买提", "Anne-Marie O’Brien", "J. Doe"])
def test_names_in_any_script(name: str) -> None:
    assert rules.is_name(name)


@pytest.mark.parametrize("name", ["", "·", "林3", "a@b", "<b>", "林\n见", "字" * 61, "=1+1"])
def test_what_is_no_name(name: str) -> None:
    assert not rules.is_name(name)


def test_names_agree_but_for_width_spaces_and_dots() -> None:
    assert rules.same_name("阿依古丽·买买提", "阿依古丽 买买提")
    assert rules.same_name("Ｌｉｎ Jianwei", "lin jianwei")
    assert not rules.same_name("林见微", "林见薇")


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", PasswordFault.SHORT),
        ("x" * 201, PasswordFault.LONG),
        ("Password-123", PasswordFault.COMMON),
        ("aaaaaaaaaaab", PasswordFault.COMMON),
        ("linjianwei2026", PasswordFault.PERSONAL),
        ("correct horse battery", None),
        ("海外知识产权研修平台二零二六", None),
    ],
)
def test_why_a_password_will_not_do(password: str, fault: PasswordFault | None) -> None:
    assert password_fault(password, ["LINJIANWEI", "LIN"]) is fault


def test_the_fifth_failure_makes_one_wait_until_the_first_of_the_five_is_old() -> None:
    minutes = [1, 3, 5, 7, 9]
    failures = [NOON - timedelta(minutes=minute) for minute in minutes]
    assert rules.ACCOUNT_PACE.opens_at(failures[:4], NOON) is None
    assert rules.ACCOUNT_PACE.opens_at(failures, NOON) == NOON + timedelta(minutes=6)
    assert rules.ACCOUNT_PACE.opens_at(failures, NOON + timedelta(minutes=6)) is None


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
            "Chrome · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18) AppleWebKit MicroMessenger/8.0", "WeChat · iPhone"),
        ("curl/8.5", "curl/8.5"),
    ],
)
def test_devices_in_words(agent: str, words: str) -> None:
    assert rules.describe_agent(agent) == words
