"""Do tests that share what they have trained run in one process, where several run side by side?"""

import pytest


def test_the_tests_of_a_module_are_a_group(request: pytest.FixtureRequest) -> None:
    # Pytest and xdist in versions that do not fit each other group nothing, and do not say so.
    asked = request.config.getoption("loadgroup", False)
    assert not asked or request.node.nodeid.endswith(f"@{request.path}")
