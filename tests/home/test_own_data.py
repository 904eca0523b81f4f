"""The copy of one's own data holds what every package keeps, and nobody else's."""

from flask import Flask

from tests.support.cast import Cast
from tests.support.cohorts import join, make_cohort, pass_course
from tests.support.courses import sync_folder
from tests.support.pages import Visitors


def test_a_trainees_copy_holds_her_studies_and_sittings_and_nobody_elses(
    app: Flask, visit: Visitors, cast: Cast
) -> None:
    with app.app_context():
        sync_folder()
    cohort = make_cohort(cast)
    join(cast, cohort, cast.trainee)
    join(cast, cohort, cast.cohort_mate)
    with app.app_context():
        pass_course(cast.trainee)
    copy = visit(cast.trainee).get("/account/data/download").get_json()
    [study] = copy["studies"]
    assert (study["course"], study["hours"]) == ("small", "3.00000")
    assert len(study["sections_read"]) >= 3
    assert study["check_answers"][0]["correct"] is True
    [sitting] = copy["examinations"]
    assert sitting["passed"] is True
    assert sitting["answers"][0]["answer"]
    assert [one["cohort"] for one in copy["cohorts"]] == [cohort.name]
    hers = visit(cast.cohort_mate).get("/account/data/download").get_json()
    assert hers["examinations"] == []
    assert hers["studies"][0]["sections_read"] == []
