"""The blueprint that every module of these views adds to."""

from flask import Blueprint

blueprint = Blueprint("courses", __name__)

#: The address of a lesson.
LESSON = "/courses/<string:course_key>/<string:module_key>/<string:lesson_key>"
