"""Takes the README's pictures of the dashboard over its stand-in: python -m scripts.pictures

Both servers run on free ports with a database and keys that are thrown away.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from scripts.prepare import ROOT, fresh_keys, make_first_manager, open_database
from scripts.run import HOST, MANAGER, servers, wait_for

PICTURES = ROOT / "docs" / "images"
HOME = "/chains/1101/"
TYPES = f"{HOME}membership-types/"
PROMOTIONS = f"{HOME}promotions/"
# Titles that try the dashboard out, and would only puzzle a reader.
NOT_SHOWN = (11007, 11008)
PROMOTIONS_NOT_SHOWN = (21009, 21010, 21012, 21014, 21015)
TIERS = 21018


def main() -> None:
    port, sandbox_port = free_ports(2)
    passwords = {"manager": secrets.token_urlsafe(16), "altegio": secrets.token_urlsafe(16)}
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ |= {
            **fresh_keys(),
            "ENV_FILE": os.devnull,
            "DEBUG": "on",
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'db.sqlite3'}",
            "ALTEGIO_API_URL": f"http://{HOST}:{sandbox_port}/api/v1",
            "ALTEGIO_PARTNER_TOKEN": secrets.token_urlsafe(16),
            "ALTEGIO_RATE_PER_SECOND": "100",
            "ALTEGIO_RATE_PER_MINUTE": "6000",
            "SANDBOX_PASSWORD": passwords["altegio"],
            "DJANGO_SUPERUSER_EMAIL": MANAGER,
            "DJANGO_SUPERUSER_PASSWORD": passwords["manager"],
        }
        open_database()
        make_first_manager()
        commands = [
            ["runserver", "--noreload", f"{HOST}:{port}"],
            ["worker"],
            ["sandbox", "--port", str(sandbox_port)],
        ]
        with servers(commands, dict(os.environ)) as alive:
            wait_for(f"http://{HOST}:{port}/login/", alive)
            wait_for(f"http://{HOST}:{sandbox_port}/_sandbox/calls", alive)
            take_pictures(f"http://{HOST}:{port}", passwords)


def take_pictures(url: str, passwords: dict[str, str]) -> None:
    from loyalty_admin.sandbox.server import Sandbox

    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        names = ("chromium-headless-shell", "chromium", "google-chrome")
        found = next((path for name in names if (path := shutil.which(name))), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(base_url=url, viewport={"width": 1280, "height": 800})
        page.goto("/login/")
        page.locator("[name=username]").fill(MANAGER)
        page.locator("[name=password]").fill(passwords["manager"])
        page.get_by_role("button", name="Sign in").click()
        page.goto("/account/")
        page.locator("[name=name]").fill("Marta Liepa")
        page.get_by_role("button", name="Save").click()
        page.goto("/connections/new/")
        page.locator("[name=login]").fill(Sandbox.director)
        page.locator("[name=password]").fill(passwords["altegio"])
        page.get_by_role("button", name="Connect").click()
        page.wait_for_url(lambda address: "/new/" not in address)

        for type_id in NOT_SHOWN:
            page.goto(f"{TYPES}{type_id}/")
            page.get_by_role("button", name="Archive").click()
            page.get_by_role("button", name="Unarchive").wait_for()
        for promotion_id in PROMOTIONS_NOT_SHOWN:
            page.goto(f"{PROMOTIONS}{promotion_id}/delete/")
            page.locator("#main").get_by_role("button", name="Delete").click()
            page.wait_for_url(lambda address: "/delete/" not in address)
        page.goto(TYPES)
        page.locator("#results table").wait_for()
        take(page, "membership-types")

        page.goto(HOME)
        page.locator("#read-missing").click()
        page.get_by_role("button", name="Read all of it anew").wait_for()
        page.goto(HOME)
        page.locator("[aria-busy]").first.wait_for(state="detached")
        take(page, "home", height=726)

        page.goto(f"{PROMOTIONS}{TIERS}/edit/")
        page.locator("[name=title]").wait_for()
        take(page, "promotion")

        page.emulate_media(color_scheme="dark")
        page.goto(f"{TYPES}11001/edit/")
        page.locator("[name=title]").wait_for()
        take(page, "edit")
        browser.close()


def take(page: Page, name: str, *, height: int = 800) -> None:
    page.set_viewport_size({"width": 1280, "height": height})
    page.evaluate("document.activeElement.blur()")
    path = PICTURES / f"{name}.png"
    # Playwright would hide the caret by a style of its own, which the page's policy refuses.
    page.screenshot(path=path, caret="initial")
    print(path.relative_to(ROOT))


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


if __name__ == "__main__":
    main()
