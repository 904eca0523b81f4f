"""One's own names, language and data."""

from datetime import timedelta

import pytest

from app.accounts import own_data, queries, services
from app.accounts.events import NamesConfirmed
from app.core import clock, events
from app.core.database import release, transaction
from app.core.errors import Invalid
from tests.support.accounts import actor_of, give_password
from tests.support.cast import Cast
from tests.support.pages import Visitors


def test_confirming_names_announces_it_in_the_same_transaction(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[NamesConfirmed] = []
    monkeypatch.setitem(events._handlers, NamesConfirmed, [heard.append])
    actor, now = actor_of(cast.trainee), clock.now()
    with transaction():
        person = services.confirm_names(actor, name="林见微", latin_name="lin jian-wei", now=now)
    assert heard == [NamesConfirmed(person.id)]
    assert (person.latin_name, person.names_confirmed_at) == ("LIN JIAN-WEI", now)
    with pytest.raises(Invalid), transaction():
        services.confirm_names(actor, name="林见微", latin_name="", now=now)


def test_a_changed_name_is_no_longer_confirmed(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.trainee)
    browser.submit("/account/names", {"name": "林见微", "latin_name": "LIN JIANWEI"})
    profile = {
        "name": "林见微",
        "latin_name": "LIN JIANWEI",
        "locale": "en",
        "time_zone": "Europe/Berlin",
    }
    browser.submit("/account", profile)
    release()
    assert queries.get_person(cast.trainee.id).names_confirmed_at is not None
    browser.submit("/account", profile | {"latin_name": "LIN JIAN WEI"})
    release()
    person = queries.get_person(cast.trainee.id)
    assert person.names_confirmed_at is None
    assert (person.locale, person.time_zone) == ("en", "Europe/Berlin")


@pytest.mark.parametrize(
    "change", [{"latin_name": "林"}, {"name": "=cmd"}, {"time_zone": "Mars/Olympus"}, {"locale": "xx"}]
)
def test_a_bad_profile_is_explained_and_kept_on_the_page(
    cast: Cast, visit: Visitors, change: dict[str, str]
) -> None:
    profile = {"name": "林见微", "latin_name": "LIN JIANWEI", "locale": "en", "time_zone": "UTC"} | change
    page = visit(cast.trainee).submit("/account", profile, 422).get_data(as_text=True)
    assert "error-summary" in page
    if "name" in change:
        assert 'value="=cmd"' in page


def test_saving_the_language_switches_the_page(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.trainee, "zh_Hans")
    browser.submit("/account", {"name": "林见微", "latin_name": "LIN JIANWEI", "locale": "en", "time_zone": "UTC"})
    page = browser.page("/account")
    assert page.get("lang") == "en"
    assert "Your profile is saved." in page.text_content()


def test_one_takes_a_copy_of_ones_own_data_and_of_nobody_elses(
    cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_password(cast.trainee)
    monkeypatch.setattr(own_data, "_givers", dict(own_data._givers))
    own_data.register("studies", lambda person_id: {"of": str(person_id)})
    response = visit(cast.trainee).get("/account/data/download")
    copy = response.get_json()
    assert copy["account"]["email"] == cast.trainee.email
    assert copy["account"]["consents"][0]["version"]
    assert copy["studies"] == {"of": str(cast.trainee.id)}
    body = response.get_data(as_text=True)
    assert "argon2" not in body
    assert cast.cohort_mate.name not in body


def test_times_are_shown_in_ones_own_zone(cast: Cast, visit: Visitors) -> None:
    with transaction() as session:
        session.merge(cast.trainee).time_zone = "America/New_York"
    with clock.frozen_at(clock.now().replace(month=11, day=20, hour=4, minute=30)) as moment:
        page = visit(cast.trainee).page("/account/devices")
        local = moment - timedelta(hours=5)
        assert f"{local:%H:%M}" in page.text_content()
        assert "UTC-5" in page.text_content()
