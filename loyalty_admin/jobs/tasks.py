from django.tasks import task

from loyalty_admin.jobs import services


@task
def work(job_id: int) -> None:
    """A slice of a job; it queues the next one itself."""
    services.work_on(job_id)
