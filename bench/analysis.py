"""How long the analysis of a large examination takes: 2,000 sittings of 20 questions.

``python -m bench.analysis [sittings] [questions]``; on PostgreSQL with DATABASE_URL naming an empty database.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from statistics import median
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from app.core.access import Role
from app.core.database import release
from app.factory import create_app
from app.quizzes.analysis import exports, queries
from app.quizzes.analysis.report import build
from bench.harness import Figure, report
from tests.support.analysis import by_ability, publish, single_questions
from tests.support.cast import make_organisation, make_person
from tests.support.pages import Visitors
from tests.support.sittings import make_people, sit
from tests.support.statements import counted_statements

ROUNDS = 5
KEY = "bench"


def timed(work: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> float:
    """The median of several runs in seconds: of CPU, which other load does not change, or by the clock."""
    found = []
    for _round in range(ROUNDS):
        start = clock()
        work()
        found.append(clock() - start)
        release()
    return median(found)


def measure(app: Flask, sittings: int, questions: int) -> list[Figure]:
    """Fill the database and take the figures, as an instructor of the candidates' organisation."""
    organisation = make_organisation()
    instructor = make_person(organisation, Role.INSTRUCTOR)
    places = frozenset([organisation.id])
    revision = publish(single_questions(questions), key=KEY)
    sit(revision, make_people(sittings, organisation), by_ability(wrong_key="q3", unused={"q5": "d"}))
    release()
    with counted_statements() as seen:
        sample = queries.gather(KEY, organisations=places)
    release()
    if (len(sample.sittings), len(sample.answers)) != (sittings, sittings * questions):
        raise RuntimeError("the sample is not what was recorded")
    analysis = build(sample)
    page = Visitors(app)(instructor)

    def show() -> None:
        page.get(f"/examinations/{KEY}/analysis")

    return [
        Figure("statements to gather", len(seen), at_most=4),
        Figure("gather (CPU)", timed(lambda: queries.gather(KEY, organisations=places)), " s", at_most=0.6),
        Figure("compute (CPU)", timed(lambda: build(sample)), " s", at_most=0.6),
        Figure("workbook (CPU)", timed(lambda: exports.to_xlsx(analysis)), " s", at_most=0.1),
        Figure("page (CPU)", timed(show), " s", at_most=1.5),
        Figure("page (by the clock)", timed(show, time.perf_counter), " s", at_most=2),
    ]


def main() -> int:
    """Make a site in a throwaway folder and print the figures."""
    sittings, questions = (int(given) for given in (*sys.argv[1:3], "2000", "20")[:2])
    with tempfile.TemporaryDirectory(prefix="academy-bench-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        app = create_app(app_env="test", data_dir=Path(folder), database_url=url)
        app.config.update(SESSION_COOKIE_SECURE=False)
        with app.test_request_context():
            with redirect_stderr(StringIO()):
                upgrade()
            print(f"{sittings} sittings of {questions} questions, {url.partition(':')[0]}")
            return report(measure(app, sittings, questions))


if __name__ == "__main__":
    sys.exit(main())
