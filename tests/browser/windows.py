"""Windows of a real browser that note whatever goes wrong in them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from loyalty_admin.accounts.models import User

CHAIN = 1101
LIST = f"/chains/{CHAIN}/membership-types/"
PATIENCE = 10_000  # milliseconds


class Windows:
    """Opens windows and watches them.

    `problems` are errors and warnings of the console (violations of the content security policy
    are among them), exceptions, and answers of 400 and more; those that hold a text of
    `expected` are part of the test.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url
        self.problems: list[str] = []
        self.expected: list[str] = []
        self.contexts: list[BrowserContext] = []
        self._under_way: set[Request] = set()
        self._is_over = False

    def open(self, person: User | None = None, **options: Any) -> Page:
        """A page of a fresh browser in which `person` is signed in."""
        context = self.browser.new_context(base_url=self.url, **options)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        if person is not None:
            self.sign_in(context, person)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.problems.append(f"exception: {error.error}"))
        context.on("response", self._answered)
        # Lambdas, because Playwright notes something on each listener.
        context.on("request", lambda request: self._under_way.add(request))
        context.on("requestfinished", lambda request: self._under_way.discard(request))
        context.on("requestfailed", lambda request: self._under_way.discard(request))
        return context.new_page()

    def sign_in(self, context: BrowserContext, person: User) -> None:
        """What the sign-in page does, without its form."""
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        value = client.cookies[name].value
        context.add_cookies([{"name": name, "value": value, "url": self.url, "httpOnly": True}])

    def _heard(self, message: ConsoleMessage) -> None:
        if self._is_over and "htmx:" in message.text:
            return  # a request that was ended with the test
        # The browser's own line about a bad answer; `_answered` says which.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.problems.append(f"{message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            request = response.request
            self.problems.append(f"{response.status} {request.method} {request.url}")

    def unexpected(self) -> list[str]:
        return [
            problem
            for problem in self.problems
            if not any(text in problem for text in self.expected)
        ]

    def wait_for(self, problem: str) -> None:
        """Until a problem with this text has come."""
        page = self.contexts[-1].pages[-1]
        for _ in range(PATIENCE // 100):
            if any(problem in one for one in self.problems):
                return
            page.wait_for_timeout(100)
        raise AssertionError(f"no {problem!r} among {self.problems}")

    def close(self) -> None:
        """Nothing more is asked, and what is under way ends: the database is emptied next."""
        self._is_over = True
        for context in self.contexts:
            context.route("**/*", lambda route: route.abort())
        pages = [page for context in self.contexts for page in context.pages]
        for _ in range(100 if pages else 0):
            pages[0].wait_for_timeout(20)  # first: to hear of what has begun
            if not self._under_way:
                break
        for context in self.contexts:
            context.close()
