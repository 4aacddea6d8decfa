"""The pytest plugin for authors of apps: the fixture ``app_test`` and the option ``--outlast-crash-everywhere``.

It is loaded into every test run of an environment that has Outlast, so it imports nothing before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from outlast.protocol.codec import Json
    from outlast.testing.app_test import AppTest, Function


class MakeAppTest(Protocol):
    """What the fixture ``app_test`` gives: it takes what `AppTest` takes."""

    def __call__(self, app: Function, /, *args: Json, **kwargs: Json) -> AppTest:
        """Make an `AppTest`."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    parser.getgroup("outlast").addoption(
        "--outlast-crash-everywhere",
        action="store_true",
        help="kill the session of every AppTest after each of its events and wake it again; results must not change",
    )


@pytest.fixture(autouse=True)
def _outlast_crash_everywhere(request: pytest.FixtureRequest) -> Iterator[None]:
    if not request.config.getoption("--outlast-crash-everywhere"):
        yield
        return
    from outlast.testing import app_test  # late: most test runs use none of it

    before, app_test.defaults.crash_everywhere = app_test.defaults.crash_everywhere, True
    yield
    app_test.defaults.crash_everywhere = before


@pytest.fixture
def app_test() -> Iterator[MakeAppTest]:
    """Make an `AppTest` that is closed at the end of the test.

    Example:
        ```python
        def test_lisbon_has_a_plan(app_test):
            t = app_test(trip, city="Lisbon").run()
            t.answer(2)
        ```
    """
    from outlast.testing.app_test import AppTest  # late: most test runs use none of it

    made: list[AppTest] = []

    def make(app: Function, /, *args: Json, **kwargs: Json) -> AppTest:
        made.append(AppTest(app, *args, **kwargs))
        return made[-1]

    yield make
    for each in made:
        each.close()
