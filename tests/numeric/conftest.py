"""One BLAS thread: on a busy machine two that wait for each other make small products a hundred times slower."""

import pytest
import threadpoolctl


@pytest.fixture(autouse=True, scope="session")
def one_blas_thread():
    with threadpoolctl.threadpool_limits(1):
        yield
