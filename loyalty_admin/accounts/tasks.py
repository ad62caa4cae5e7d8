from django.tasks import task

from loyalty_admin.accounts import resets


@task
def send_reset(email: str) -> None:
    """After the answer and wherever the queue is worked off: how long it takes tells nobody
    whether the e-mail is known."""
    resets.send_reset(email=email)
