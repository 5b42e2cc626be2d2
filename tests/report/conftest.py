"""What tests of reports share: one small report, made once."""

import pytest

from tests.report import page


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    return page.make(tmp_path_factory.mktemp("report"))
