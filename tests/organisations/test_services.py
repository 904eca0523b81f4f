"""The network as the content states it."""

import pytest

from app.core.database import transaction
from app.core.errors import Invalid, NotFound
from app.organisations import queries, services
from app.organisations.models import OrganisationKind
from app.organisations.services import OrganisationEntry
from tests.support.statements import counted_statements

AUTHORITY = OrganisationEntry(
    "academy", OrganisationKind.AUTHORITY, {"zh": "平台", "en": "Academy"}, is_example=True
)
CENTRE = OrganisationEntry(
    "centre", OrganisationKind.SUB_CENTRE, {"zh": "分中心", "en": "Sub-centre"}, parent="academy"
)


def test_a_second_sync_writes_nothing() -> None:
    with transaction():
        first = services.sync_organisations([CENTRE, AUTHORITY])
    assert first["centre"].parent_id == first["academy"].id
    with counted_statements() as statements, transaction():
        services.sync_organisations([CENTRE, AUTHORITY])
    assert [one for one in statements if not one.startswith("SELECT")] == []


def test_a_change_keeps_the_identifier_and_those_not_named_stay() -> None:
    with transaction():
        before = services.sync_organisations([AUTHORITY, CENTRE])["centre"].id
        renamed = OrganisationEntry("centre", OrganisationKind.SUB_CENTRE, {"zh": "新名", "en": "New name"})
        services.sync_organisations([renamed])
    centre = queries.get_organisation("centre")
    assert (centre.id, centre.name["zh"], centre.parent_id) == (before, "新名", None)
    assert queries.get_organisation("academy").is_example
    assert [one.key for one in queries.list_organisations(OrganisationKind.SUB_CENTRE)] == ["centre"]
    with pytest.raises(NotFound):
        queries.get_organisation("nowhere")


def test_an_unknown_parent_is_refused() -> None:
    with pytest.raises(Invalid, match="nowhere"), transaction():
        services.sync_organisations(
            [OrganisationEntry("x", OrganisationKind.BAR, {"zh": "", "en": ""}, parent="nowhere")]
        )


def test_there_is_one_authority_however_often_it_is_asked_for() -> None:
    with transaction():
        assert services.ensure_authority() is services.ensure_authority()
