"""Questions in and out: other systems' formats on one side, ``questions.yaml`` on the other.

Reading and writing are pure (bytes in, items out); keeping what was read is ``services``' matter.
"""
