"""Courses, modules and lessons from content/: revisions, enrolment, progress."""
