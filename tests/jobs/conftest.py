"""People at the jobs of the stand-in's first chain, and workers for these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import leaks
from tests.conftest import Watch
from tests.jobs.workers import Worker

StartWorker = Callable[..., Worker]


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path, watch: Watch) -> Iterator[StartWorker]:
    """Starts real workers; none of them is left before the database is emptied, and none has
    written a secret or a person's data."""
    workers: list[Worker] = []

    def start(**environment: str) -> Worker:
        output = tmp_path / f"worker-{len(workers)}"
        workers.append(Worker(output, **environment))
        return workers[-1]

    yield start
    for worker in workers:
        if worker.process.poll() is None:
            worker.process.kill()
        worker.process.wait(20)
        written = worker.text()
        assert leaks.leaks_in(written, watch.secrets | watch.phones) == []
        assert leaks.personal_in(written) == []
