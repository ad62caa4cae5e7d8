from __future__ import annotations

import logging
import signal
import threading
import time
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from loyalty_admin.accounts import services as accounts
from loyalty_admin.accounts import sessions
from loyalty_admin.jobs.tasks import clear_old, requeue_due
from loyalty_admin.metrics import counting
from loyalty_admin.web.cache import clear_expired

SECONDS_BETWEEN_TASKS = 1.0
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_BETWEEN_CLEANINGS = 3600.0

logger = logging.getLogger(__name__)


class EndsBetweenTasks(Worker):
    """Told to end while it looks for a task, the queue's own worker exits at once, in the middle of
    whatever it says to the database. This one ends as soon as it has looked."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        if not self.running:
            super().shutdown(signum, frame)  # told twice: at once
        logger.info("Ends, as it was told by %s", signal.strsignal(signum))
        self.running = False


class Command(BaseCommand):
    help = "Work off what is done in the background; takes over what a dead worker left."

    def handle(self, *args: Any, **options: Any) -> None:
        # The queue itself never takes back a task whose worker was killed.
        threading.Thread(target=_look_after_leases, name="leases", daemon=True).start()
        worker = EndsBetweenTasks(
            queue_names=["default"],
            interval=SECONDS_BETWEEN_TASKS,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        worker.run()


def _look_after_leases() -> None:
    clean_at = time.monotonic()
    while True:
        try:
            counting.beat("worker")
            counting.write_if_due()
            requeue_due()
            if time.monotonic() >= clean_at:
                clean_at += SECONDS_BETWEEN_CLEANINGS
                call_command("prune_db_task_results", verbosity=0)
                clear_old()
                sessions.clear_ended()
                accounts.forget_ended_links()
                clear_expired()
        except Exception:
            # Without this thread nothing is ever taken over: whatever is wrong, it goes on.
            logger.exception("looking after the leases failed; it is tried again")
        finally:
            connection.close()
        time.sleep(SECONDS_BETWEEN_LOOKS)
