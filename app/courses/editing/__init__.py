"""The pages in which a course is written: outline, lessons, questions. They change files of a draft and nothing else."""
