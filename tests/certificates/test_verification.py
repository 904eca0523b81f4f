"""What strangers learn, and what they do not."""

from datetime import timedelta

import pytest

from app.certificates import numbers, services, verification
from app.certificates.claims import printed_claims
from app.certificates.models import Certificate
from app.certificates.rules import Names, RevocationClass, Snapshot
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, transaction
from app.core.errors import TooMany
from tests.support.cast import Cast, as_actor
from tests.support.certificates import make_certificate
from tests.support.pages import Browser, Visitors


def ask(browser: Browser, number: str, code: str = "", status: int = 200) -> str:
    return browser.submit("/verify", {"number": number, "code": code}, status).get_data(as_text=True)


def certifier(cast: Cast) -> Actor:
    return as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.authority.id, national=True))


@pytest.fixture
def certificate(cast: Cast) -> Certificate:
    return make_certificate(cast.trainee, cast.authority)


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_number_and_code_show_every_printed_claim(certificate: Certificate, visit: Visitors, locale: str) -> None:
    page = ask(visit(None, locale), certificate.number or "", (certificate.code or "").lower())
    assert certificate.snapshot is not None
    language = "en" if locale == "en" else "zh"
    for claim in printed_claims(Snapshot.from_json(certificate.snapshot)):
        assert str(claim.value[language]) in page, claim.key  # type: ignore[literal-required]
    assert ("Valid" if locale == "en" else "有效") in page
    assert "职业资格" not in page


def test_the_number_alone_shows_next_to_nothing(certificate: Certificate, visit: Visitors) -> None:
    page = ask(visit(), certificate.number or "")
    assert "林**" in page
    assert "涉外知识产权律师培养方案" in page
    for secret in ("林见微", "LIN JIANWEI", "考核合格", certificate.code or "", certificate.snapshot_digest or ""):
        assert secret not in page


def test_a_wrong_code_reveals_no_more_than_none(certificate: Certificate, visit: Visitors) -> None:
    page = ask(visit(), certificate.number or "", numbers.new_code())
    assert "编号与核验码不符" in page
    for secret in ("林见微", "LIN JIANWEI", "考核合格", certificate.code or "", certificate.snapshot_digest or ""):
        assert secret not in page


def test_unknown_and_mistyped_numbers_are_told_apart(certificate: Certificate, visit: Visitors) -> None:
    assert "查无此件" in ask(visit(), numbers.make_number("OIPA", 2026, 999_999))
    assert "编号输入有误" in ask(visit(), (certificate.number or "")[:-1] + "x")
    assert "编号输入有误" in ask(visit(), "' OR 1=1 --")
    ask(visit(), "", status=422)


def test_revocation_and_replacement_are_told(cast: Cast, certificate: Certificate, visit: Visitors) -> None:
    other = make_certificate(cast.cohort_mate, cast.authority)
    with transaction():
        actor = certifier(cast)
        services.revoke(actor, certificate, RevocationClass.FALSE_MATERIAL, "材料经查证不实。", clock.now())
        fresh = db.session.get_one(Certificate, other.id)
        new = services.reissue(actor, fresh, Names("周同创", "ZHOU TONGCHUANG"), "更正", clock.now())
    revoked = ask(visit(), certificate.number or "", certificate.code or "")
    assert "已吊销，无效" in revoked
    assert "提供虚假材料" in revoked
    assert "材料经查证不实" not in revoked, "the internal reason is not for strangers"
    assert "提供虚假材料" not in ask(visit(), certificate.number or "")
    assert "已被替换" in ask(visit(), other.number or "", other.code or "")
    assert "周同创" in ask(visit(), new.number or "", new.code or "")


def test_lookups_are_limited_per_visitor(
    certificate: Certificate, visit: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "LIMIT", 3)
    browser = visit()
    number, code = certificate.number or "", certificate.code or ""
    for _ in range(verification.LIMIT):
        ask(browser, number)
    refused = ask(browser, number, code, status=429)
    assert "林" not in refused
    token = browser.token("/verify")
    elsewhere = browser.client.post(
        "/verify",
        data={"csrf_token": token, "number": number, "code": ""},
        environ_base={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert elsewhere.status_code == 200


def test_the_next_window_opens_and_old_counts_are_forgotten() -> None:
    now = clock.now()
    with transaction():
        for _ in range(verification.LIMIT):
            verification.count_lookup("visitor", now)
        with pytest.raises(TooMany):
            verification.count_lookup("visitor", now)
        verification.count_lookup("visitor", now + verification.WINDOW)
        verification.forget_lookups(now + timedelta(days=1))
        verification.count_lookup("visitor", now)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("", "unknown")],
)
def test_one_subscriber_is_one_visitor(address: str, network: str) -> None:
    assert verification.visitor_network(address) == network
