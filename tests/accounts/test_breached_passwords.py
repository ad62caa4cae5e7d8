"""Passwords that were stolen elsewhere are refused, where the deployment has a list of them."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.accounts import services
from loyalty_admin.accounts.models import Role, User
from loyalty_admin.accounts.passwords import BreachedPasswordValidator, flaw_of_list, is_listed
from tests.conftest import PASSWORD
from tests.pages import Page
from tests.test_settings import PRODUCTION, one_line, setting

STOLEN = ["correct horse battery", "tangerine kettle 7", "пароль на двоих", "🔑 and the lock"]
OTHER = "quite another passphrase"


def hashed(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest().upper()


def lines_of(*passwords: str) -> list[str]:
    """As Have I Been Pwned's list has them."""
    return [f"{each}:{n}" for n, each in enumerate(sorted(map(hashed, passwords)), 1)]


def written(folder: Path, text: str) -> Path:
    path = folder / "stolen.txt"
    path.write_bytes(text.encode())
    return path


def in_order(passwords: list[str]) -> list[str]:
    return sorted(passwords, key=hashed)


def test_first_last_and_every_other_line_is_found(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for end in ["\n", "\r\n"]:
        for is_last_ended in [True, False]:
            for lower in [True, False]:
                with subtests.test(end=end, is_last_ended=is_last_ended, lower=lower):
                    text = end.join(lines_of(*STOLEN)) + end * is_last_ended
                    path = written(tmp_path, text.lower() if lower else text)
                    assert [is_listed(path, password) for password in in_order(STOLEN)] == [
                        True
                    ] * len(STOLEN)
                    assert not is_listed(path, OTHER)
                    assert flaw_of_list(path) == ""


def test_blank_lines_at_the_end_hide_nothing(tmp_path: Path) -> None:
    many = [f"passphrase number {n}" for n in range(500)]
    path = written(tmp_path, "\n".join(lines_of(*many)) + "\n" * 100)
    assert [password for password in many if not is_listed(path, password)] == []
    assert not is_listed(path, OTHER)


def test_what_sorts_before_between_and_behind_all_lines_is_not_found(tmp_path: Path) -> None:
    tried = in_order([f"passphrase number {n}" for n in range(7)])
    path = written(tmp_path, "\n".join(lines_of(*tried[1:6:2])))
    assert [is_listed(path, password) for password in tried] == [False, True] * 3 + [False]


def test_nothing_is_in_an_empty_file(tmp_path: Path, subtests: pytest.Subtests) -> None:
    for text in ["", "\n", "\r\n\r\n"]:
        with subtests.test(text=text):
            assert not is_listed(written(tmp_path, text), OTHER)


@given(
    listed=st.lists(st.text(st.characters(codec="utf-8")), unique=True, max_size=40),
    others=st.lists(st.text(st.characters(codec="utf-8")), max_size=20),
    counts=st.integers(0, 10**9),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_exactly_what_is_in_the_file_is_found(
    tmp_path_factory: pytest.TempPathFactory,
    listed: list[str],
    others: list[str],
    counts: int,
    end: str,
) -> None:
    lines = [f"{each}:{counts % 10**n}" for n, each in enumerate(sorted(map(hashed, listed)))]
    path = written(tmp_path_factory.getbasetemp(), end.join(lines))
    assert all(is_listed(path, password) for password in listed)
    assert [is_listed(path, one) for one in others] == [one in listed for one in others]


def test_a_large_file_is_not_read_into_memory(tmp_path: Path) -> None:
    """Sixteen megabytes that are not there but for their last line."""
    path = tmp_path / "stolen.txt"
    zeros = b"0" * 40 + b":1\n"
    with path.open("wb") as file:
        for _ in range(400):
            file.write(zeros * 1000)
        file.write(lines_of(OTHER)[0].encode())
    tracemalloc.start()
    found = is_listed(path, OTHER)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found
    assert peak < 200_000 < path.stat().st_size / 50


def test_a_file_that_is_of_no_use_is_told_from_one_that_is(
    tmp_path: Path, subtests: pytest.Subtests
) -> None:
    for lines, flaw in [
        ([], "is no list of SHA-1 hashes, one a line"),
        (["password", "letmein"], "is no list of SHA-1 hashes, one a line"),
        ([hashed(OTHER)[:32] + ":5"], "is no list of SHA-1 hashes, one a line"),
        ([hashed(OTHER) + "0" * 24], "is no list of SHA-1 hashes, one a line"),
        (lines_of(*STOLEN)[::-1], "is not in the order of its hashes"),
    ]:
        with subtests.test(lines=lines, flaw=flaw):
            assert flaw_of_list(written(tmp_path, "\n".join(lines))) == flaw


def test_a_file_that_is_gone_is_named_and_lets_no_password_through(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert flaw_of_list(gone) == "cannot be read (No such file or directory)"
    with pytest.raises(OSError, match="gone"):
        BreachedPasswordValidator(path=str(gone)).validate(OTHER)


@pytest.fixture
def listed(tmp_path: Path, settings: Any) -> str:
    """The deployment has a list; a password that is on it."""
    path = written(tmp_path, "\n".join(lines_of(*STOLEN)))
    validators = setting("AUTH_PASSWORD_VALIDATORS", **PRODUCTION, BREACHED_PASSWORDS=str(path))
    settings.AUTH_PASSWORD_VALIDATORS = validators["AUTH_PASSWORD_VALIDATORS"]
    return STOLEN[0]


@pytest.mark.django_db
def test_a_stolen_password_is_refused_wherever_one_is_chosen(
    sign_in: Callable[[User], Client], viewer: User, listed: str
) -> None:
    client = sign_in(viewer)

    def change(new: str) -> Any:
        fields = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        return client.post("/account/password/", fields)

    refused = change(listed)
    assert refused.status_code == 422
    assert Page(refused).all(id="id_new_password2_error")
    viewer.refresh_from_db()
    assert viewer.check_password(PASSWORD)
    assert change(OTHER).status_code == 302


@pytest.mark.django_db
def test_nobody_joins_with_a_stolen_password(client: Client, manager: User, listed: str) -> None:
    _made, token = services.invite_person(actor=manager, email="n@example.com", role=Role.EDITOR)
    fields = {"name": "Nina New", "password": listed, "password_again": listed}
    refused = client.post(f"/join/{token}/", fields)
    assert refused.status_code == 422
    assert Page(refused).all(id="id_password_error")
    assert not User.objects.filter(email="n@example.com").exists()


def test_no_list_is_asked_for() -> None:
    names = setting("AUTH_PASSWORD_VALIDATORS", **PRODUCTION, BREACHED_PASSWORDS="")
    assert "Breached" not in str(names)


@pytest.mark.parametrize("name", ["gone", "folder"])
def test_what_is_no_file_stops_the_start_with_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    environment = PRODUCTION | {"BREACHED_PASSWORDS": f"{tmp_path}/{name}"}
    said = one_line("manage.py", "check", **environment)
    assert said == f"BREACHED_PASSWORDS names {tmp_path}/{name}, which cannot be read."
