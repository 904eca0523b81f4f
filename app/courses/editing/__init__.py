"""The pages in which a course is written: outline, lessons, questions. They change a draft's files alone."""
