import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.certificates import numbers

pytestmark = pytest.mark.no_database

serials = st.integers(min_value=1, max_value=999_999)
years = st.integers(min_value=2024, max_value=2099)


def test_number_has_iso_7064_mod_97_10_check_digits() -> None:
    # the standard's own example for MOD 97-10: 794 has the check digits 44
    assert numbers.check_digits("794") == "44"
    assert numbers.make_number("OIPA", 2026, 123) == "OIPA-2026-000123-05"


@given(years, serials)
def test_parse_forgives_the_way_a_number_is_written(year: int, serial: int) -> None:
    number = numbers.make_number("OIPA", year, serial)
    fullwidth = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else "－" for c in number)
    for typed in (
        number,
        number.lower(),
        number.replace("-", " "),
        number.replace("-", ""),
        fullwidth,
        f" {number} ",
    ):
        assert numbers.parse_number(typed) == number


@given(years, serials, st.data())
def test_every_wrong_character_is_found(year: int, serial: int, data: st.DataObject) -> None:
    plain = numbers.make_number("OIPA", year, serial).replace("-", "")
    place = data.draw(st.integers(0, len(plain) - 1))
    alphabet = "0123456789" if plain[place].isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    wrong = data.draw(st.sampled_from(alphabet.replace(plain[place], "")))
    assert numbers.parse_number(plain[:place] + wrong + plain[place + 1 :]) is None


@given(years, serials, st.data())
def test_every_pair_of_swapped_neighbours_is_found(year: int, serial: int, data: st.DataObject) -> None:
    plain = numbers.make_number("OIPA", year, serial).replace("-", "")
    place = data.draw(st.integers(0, len(plain) - 2))
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped != plain:
        assert numbers.parse_number(swapped) is None


def test_no_swap_of_digits_escapes_in_ten_thousand_numbers() -> None:
    for serial in range(1, 10_001):
        plain = numbers.make_number("OIPA", 2026, serial).replace("-", "")
        for place in range(4, len(plain) - 1):
            if plain[place] != plain[place + 1]:
                swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
                assert numbers.parse_number(swapped) is None


@given(st.text(max_size=40))
def test_parse_survives_anything(typed: str) -> None:
    parsed = numbers.parse_number(typed)
    assert parsed is None or numbers.parse_number(parsed) == parsed


def test_codes_are_unambiguous_random_and_long_enough() -> None:
    codes = {numbers.new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert len(numbers.CODE_ALPHABET) ** numbers.CODE_LENGTH >= 2**60
    assert not set("ILOU01") & set(numbers.CODE_ALPHABET)
    code = codes.pop()
    assert numbers.same_code(code.lower().replace("-", " "), code)
    assert not numbers.same_code(code[:-1], code)
    assert not numbers.same_code("", code)
