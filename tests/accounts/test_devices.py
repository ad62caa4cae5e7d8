import pytest

from loyalty_admin.accounts.devices import device_in_words

MOZILLA = "Mozilla/5.0 "
WEBKIT = " AppleWebKit/537.36 (KHTML, like Gecko)"


def test_says_browser_and_system(subtests: pytest.Subtests) -> None:
    for user_agent, words in [
        ("(X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox on Linux"),
        (f"(Windows NT 10.0; Win64; x64){WEBKIT} Chrome/150.0 Safari/537.36", "Chrome on Windows"),
        (f"(Windows NT 10.0){WEBKIT} Chrome/150.0 Safari/537.36 Edg/150.0", "Edge on Windows"),
        (f"(Macintosh; Intel Mac OS X 10_15_7){WEBKIT} Version/18 Safari/605", "Safari on macOS"),
        ("(iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/150 Safari/604", "Chrome on iPhone"),
        ("(Linux; Android 15; Pixel 9) Chrome/150.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            "(Linux; Android 15) SamsungBrowser/27 Chrome/125 Safari/5",
            "Samsung Internet on Android",
        ),
        ("(X11; CrOS x86_64) Chrome/150 Safari/537.36 OPR/120", "Opera on ChromeOS"),
        ("(X11; Linux x86_64)", "Linux"),
    ]:
        with subtests.test(user_agent=user_agent, words=words):
            assert device_in_words(MOZILLA + user_agent) == words


def test_says_when_it_does_not_know(subtests: pytest.Subtests) -> None:
    for user_agent in ["", "curl/8.0", "\x00\n<b>"]:
        with subtests.test(user_agent=user_agent):
            assert device_in_words(user_agent) == "Unknown device"
