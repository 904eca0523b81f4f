"""The demonstration's authoring: a draft that waits for its reviewer, with a comment and a suggestion."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.accounts import services as accounts
from app.core.access import Grant, Role
from app.core.clock import frozen_at
from app.core.database import release, transaction
from app.core.identifiers import new_id
from app.courses.authoring import queries, services
from app.courses.reviewing import services as reviewing
from app.demo.acting import Player
from app.organisations.queries import get_organisation

COURSE: Final = "l2-section-337"
LESSON: Final = "m1-elements/01-forum.{}.md"
#: Advice on working habits, no statement of law.
ADDED: Final = {
    "zh": "\n::: practice 实务提示\n提交前，请由另一位同事核对译文与原文。（演示草稿）\n:::\n",
    "en": "\n::: practice In practice\nHave a colleague compare both languages. (Demonstration)\n:::\n",
}


def write_drafts(author: Player, boss: Player, now: datetime) -> None:
    """The instructor may also write the authority's courses; she asks for a review, the administrator comments."""
    with frozen_at(now - timedelta(days=3)) as moment:
        release()
        with transaction():
            authority = get_organisation("cnipa-academy").id
            accounts.grant_role(
                boss.actor,
                person_id=author.actor.person_id,
                organisation_id=authority,
                role=Role.INSTRUCTOR,
                now=moment,
            )
        writer = replace(author.actor, grants=author.actor.grants | {Grant(Role.INSTRUCTOR, authority, True)})
        with transaction():
            draft_id = services.open_draft(writer, COURSE, moment).id
            for language, text in ADDED.items():
                path = LESSON.format(language)
                head = queries.files_of(draft_id)[path]
                services.save_file(
                    writer,
                    draft_id,
                    path,
                    text=queries.text_of(draft_id, path) + text,
                    base_version=head.version,
                    edit_id=new_id(),
                    now=moment,
                )
            services.submit(writer, draft_id, note="增加一处实务提示。（演示）", now=moment)
    with frozen_at(now - timedelta(days=1)) as moment:
        quote = ADDED["zh"].splitlines()[2]
        release()
        with transaction():
            lines = queries.text_of(draft_id, LESSON.format("zh")).splitlines()
            reviewing.add_remark(
                boss.actor,
                draft_id,
                LESSON.format("zh"),
                line=lines.index(quote) + 1,
                quote=quote,
                body="“同事”应为未参与翻译的人。（演示）",
                suggestion=quote.replace("另一位同事", "未参与翻译的同事"),
                now=moment,
            )
        release()
