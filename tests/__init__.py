"""The helpers' assertions say what they saw, as those of the tests themselves do."""

import pytest

pytest.register_assert_rewrite("tests.support", "tests.faults")
