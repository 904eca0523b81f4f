"""What certificates add to the application: links and template filters."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.accounts import own_data
from app.certificates import labels, policies, queries, verdict_words
from app.certificates.portrait import portrait
from app.core import navigation, worklist
from app.core.navigation import Area


def init_app(app: Flask) -> None:
    own_data.register("certificates", portrait)
    navigation.register(_l("My certificates"), "certificates.list_own", order=40)
    navigation.register(
        _l("Issued certificates"),
        "certificates.list_issued",
        order=60,
        roles=set(policies.KEEPERS),
        area=Area.CERTIFICATION,
        covers=tuple(f"/certificates/{page}" for page in ("batches", "expiring", "law-changes", "styles")),
    )
    worklist.register(
        _l("Certificates that need action"),
        "certificates.list_issued",
        state="troubled",
        roles=policies.KEEPERS,
        count=queries.count_troubled,
        order=65,
    )
    navigation.register(_l("Verify a certificate"), "certificates.verify", order=20, place="footer")
    app.jinja_env.filters.update(
        certificate_state=labels.state_of,
        certificate_event=labels.event_of,
        revocation_class=labels.reason_class_of,
        document_kind=lambda kind: labels.KINDS[kind],
        **verdict_words.FILTERS,
    )
