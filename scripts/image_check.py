"""Does what docs/operations.md says to do with Docker, and looks: twice on the same volumes, then
on new ones from a backup.

    python3 -m scripts.image_check        (image_check.sh calls it, on a system made for it)

/images holds the roots of the images that stand in for python:3.13-slim and postgres:18.
"""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPResponse
from http.cookiejar import CookieJar

URL = "http://127.0.0.1:8000"
MANAGER = "manager@example.com"
SOCKET = "/run/podman.sock"
SECONDS_TO_ANSWER = 60

BACKUP, KEYS = "/tmp/loyalty.backup", "/tmp/keys.env"
IN_WEB = "docker compose --env-file /dev/null exec -T web sh -c"
BACK_UP = "python manage.py backup /tmp/b >&2 && cat /tmp/b; rm -f /tmp/b"
RESTORE = "cat > /tmp/b && python manage.py restore /tmp/b; rm -f /tmp/b"

Browser = urllib.request.OpenerDirector


def main() -> None:
    start_engine()
    import_images()
    password = secrets.token_hex(16)
    os.environ |= {"DJANGO_SUPERUSER_EMAIL": MANAGER, "DJANGO_SUPERUSER_PASSWORD": password}
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    print("== First start")
    compose("up", "-d")
    look()
    sign_in(browser, password)
    check(f"{MANAGER} can sign in", manages_staff(browser))
    keys = in_web("cat", "/keys/.env")
    owned = in_web("stat", "--format=%a %u", "/keys/.env")
    check("only the image's user may read the keys", owned == "600 10001")
    bill = in_web("cat", "sbom.json")
    check("the image says what it is made of", '"CycloneDX"' in bill and '"htmx.org"' in bill)
    made = in_web("python", "manage.py", "createsuperuser", "--noinput")
    check("a second manager can be made", "created" in made)
    end()

    print("== Second start, on the same volumes")
    compose("up", "-d")
    look()
    check("the keys are the same", in_web("cat", "/keys/.env") == keys)
    check(f"{MANAGER} is still signed in", manages_staff(browser))
    shell(f"{IN_WEB} '{BACK_UP}' > {BACKUP}")
    shell(f"{IN_WEB} 'cat /keys/.env' > {KEYS}")
    end("--volumes")

    print("== On new volumes, from the backup")
    del os.environ["DJANGO_SUPERUSER_EMAIL"]
    compose("up", "-d")
    look()
    shell(f"{IN_WEB} 'cat > /keys/.env' < {KEYS}")
    shell(f"{IN_WEB} '{RESTORE}' < {BACKUP}")
    compose("restart", "web", "worker")
    look()
    check("the keys are those of the backup", in_web("cat", "/keys/.env") == keys)
    sign_in(browser, password)
    check(f"{MANAGER} can sign in", manages_staff(browser))
    end()


def check(what: str, holds: bool) -> None:
    if not holds:
        sys.exit(f"This does not hold: {what}")
    print(f"   {what}")


def end(*how: str) -> None:
    compose("stop")
    codes = compose("ps", "--all", "--format", "{{.Service}} {{.ExitCode}}").splitlines()
    check(f"all end by themselves: {', '.join(codes)}", all(each.endswith(" 0") for each in codes))
    compose("down", *how)


# The engine


def start_engine() -> None:
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    os.environ |= {"DOCKER_HOST": f"unix://{SOCKET}", "DOCKER_BUILDKIT": "0"}
    command = ["podman", "system", "service", "--time=0", f"unix://{SOCKET}"]
    with open("/run/podman.log", "w") as log:
        subprocess.Popen(command, stdout=log, stderr=log)
    threading.Thread(target=check_health_for_ever, daemon=True).start()


def check_health_for_ever() -> None:
    """Does what timers of systemd do where there is one."""
    while True:
        for container in podman("ps", "--quiet").split():
            subprocess.run(["podman", "healthcheck", "run", container], capture_output=True)
        time.sleep(1)


def import_images() -> None:
    path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    import_image("python", "python:3.13-slim", path)
    import_image(
        "postgres",
        "postgres:18",
        path,
        "ENV PGDATA=/var/lib/postgresql/18/docker",
        'ENTRYPOINT ["/entrypoint"]',
        "STOPSIGNAL SIGINT",
    )


def import_image(root: str, name: str, *changes: str) -> None:
    tar = subprocess.Popen(["tar", "-C", f"/images/{root}", "-c", "."], stdout=subprocess.PIPE)
    options = [f"--change={change}" for change in changes]
    command = ["podman", "import", "--quiet", *options, "-", f"docker.io/library/{name}"]
    subprocess.run(command, stdin=tar.stdout, stdout=subprocess.DEVNULL, check=True)


def podman(*arguments: str) -> str:
    ran = subprocess.run(["podman", *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return ran.stdout


def compose(*arguments: str) -> str:
    """What `docker compose` printed; a failure ends the check."""
    # The .env of this checkout is not the deployment's.
    command = ["docker", "compose", "--env-file", "/dev/null", "--progress", "plain", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"docker compose {' '.join(arguments)} failed.\n{ran.stdout}{ran.stderr}")
    return ran.stdout


def shell(command: str) -> None:
    subprocess.run(["sh", "-c", command], check=True)


def in_web(*command: str) -> str:
    second = "DJANGO_SUPERUSER_EMAIL=second@example.com"
    return compose("exec", "-T", "--env", second, "web", *command).strip()


# The dashboard


def look() -> None:
    await_health()
    stranger = urllib.request.build_opener()
    for path in ("/healthz", "/readyz"):
        check(f"{path} says 200", get(stranger, path).status == 200)
    page = get(stranger, "/login/")
    text = page.read().decode()
    check("/login/ shows its form", page.status == 200 and 'name="username"' in text)
    files = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
    answers = [get(stranger, path) for path in files]
    kept = all("immutable" in (each.headers["Cache-Control"] or "") for each in answers)
    served = len(files) > 3 and all(each.status == 200 for each in answers)
    check(f"its {len(files)} static files may be kept for good", served and kept)


def await_health() -> None:
    """Waits until the image's own HEALTHCHECK succeeds."""
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    health = ""
    while health != "healthy" and time.monotonic() < deadline:
        time.sleep(1)
        health = compose("ps", "--format", "{{.Health}}", "web").strip()
    check("web is healthy", health == "healthy")


def get(
    browser: Browser, path: str, form: dict[str, str] | None = None
) -> HTTPResponse | urllib.error.HTTPError:
    """The answer to a GET; with a form, to a POST of it."""
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        answer = browser.open(URL + path, data, timeout=10)
    except urllib.error.HTTPError as error:
        return error
    assert isinstance(answer, HTTPResponse)
    return answer


def sign_in(browser: Browser, password: str) -> None:
    page = get(browser, "/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    form = {
        "csrfmiddlewaretoken": token[1] if token else "",
        "username": MANAGER,
        "password": password,
    }
    get(browser, "/login/", form)


def manages_staff(browser: Browser) -> bool:
    """Whether the page that managers alone see is shown, and names the first one."""
    return MANAGER in get(browser, "/staff/").read().decode()


if __name__ == "__main__":
    try:
        main()
    except BaseException:
        subprocess.run(["docker", "compose", "logs", "--no-color", "--tail=30"])
        raise
