"""The demonstration's expert pool: somebody appointed, and an application that waits for its reviewer."""

import uuid
from datetime import datetime, timedelta

from app.core.clock import frozen_at
from app.core.database import release, transaction
from app.demo.acting import Player
from app.experts import queries, services
from app.experts.rules import Answer, Profile

STATEMENT = "执业律师，办理涉外知识产权案件八年，曾参与两起337调查的应诉。（演示数据，非真实经历）"


def _profile(*fields: str) -> Profile:
    return Profile(
        category="lawyer",
        fields=fields,
        jurisdictions=("US",),
        languages=(("en", "working"),),
        summary="演示人物：办理337调查和涉外专利纠纷。",
        answers={
            "experience": Answer(years=8, text=STATEMENT),
            "conduct": Answer(declared=True),
            "confidentiality": Answer(declared=True),
        },
    )


def fill_pool(appointed: Player, waiting: Player, certifiers: tuple[Player, Player], now: datetime) -> None:
    """The first of two certified trainees is reviewed, decided on by another certifier and appointed."""
    reviewer, decider = certifiers
    application_id = _apply(appointed, _profile("section-337", "patent"), now)
    _apply(waiting, _profile("section-337"), now + timedelta(days=5))
    with frozen_at(now + timedelta(days=2)) as moment, transaction():
        application = queries.get_application_for(reviewer.actor, application_id, lock=True)
        services.begin_review(reviewer.actor, application, unbiased=True, now=moment)
        services.recommend(
            reviewer.actor,
            application,
            favourable=True,
            reason="培训、考试与从业年限均有证据，建议聘任。（演示）",
            now=moment,
        )
    release()
    with frozen_at(now + timedelta(days=4)) as moment, transaction():
        application = queries.get_application_for(decider.actor, application_id, lock=True)
        services.decide(
            decider.actor,
            application,
            approve=True,
            reason="同意审查意见，予以聘任。（演示）",
            unbiased=True,
            years=3,
            now=moment,
        )
    release()


def _apply(player: Player, profile: Profile, now: datetime) -> uuid.UUID:
    release()
    with frozen_at(now), transaction():
        application = services.start_application(player.actor, now)
        services.save_draft(player.actor, application, profile)
        services.submit(player.actor, application, now)
        application_id = application.id
    release()
    return application_id
