"""(e): how many statements a page sends, with 10 trainees and with 10,000 in the cohort."""

import json

from bench.harness import Figure
from bench.stage import COURSE, Sitting, Stage
from tests.support.pages import Browser, Visitors
from tests.support.statements import counted_statements

FEW = 10
#: Most statements of each page; None: only that it does not grow.
MOST = {"course page": 12, "lesson page": 12, "attempt page": 10, "answer save": 4, "cohort page": None}


def _statements(stage: Stage, sitting: Sitting) -> dict[str, int]:
    """Of each page, once this process has its texts."""
    trainee = Visitors(stage.site.app)()
    registrar = Visitors(stage.site.app)(stage.registrar)
    name, _, value = sitting.headers["Cookie"].partition("=")
    trainee.client.set_cookie(name, value)
    attempt = sitting.path.removesuffix("/answers")
    visits: dict[str, tuple[Browser, str]] = {
        "course page": (trainee, f"/courses/{COURSE}"),
        "lesson page": (trainee, stage.lesson_path()),
        "attempt page": (trainee, attempt),
        "cohort page": (registrar, f"/cohorts/{stage.cohort_id}"),
    }
    found = {}
    for page, (browser, path) in visits.items():
        browser.get(path)
        with counted_statements() as seen:
            browser.get(path)
        found[page] = len(seen)
    for _once_to_warm_up in range(2):
        with counted_statements() as seen:
            answer = trainee.client.post(sitting.path, data=json.dumps(sitting.change()), headers=sitting.headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        found["answer save"] = len(seen)
    return found


def measure(stage: Stage, people: int) -> list[Figure]:
    """The same trainee's pages before and after the cohort grew, with an examination running for each."""
    trainees = stage.add_trainees(FEW)
    sittings = stage.sittings(trainees)
    before = _statements(stage, sittings[0])
    stage.sittings(stage.add_trainees(people - FEW))
    after = _statements(stage, sittings[0])
    figures = []
    for page, most in MOST.items():
        figures.append(Figure(f"statements of the {page}, {people} trainees", after[page], at_most=most))
        figures.append(Figure(f"more than with {FEW} trainees", after[page] - before[page], at_most=0))
    return figures
