"""What holds for every call: headers, connections, secrets, the log, calls side by side."""

from __future__ import annotations

import datetime
import logging
import pickle
import re
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import time
import traceback
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from loyalty_admin.altegio import exchange
from loyalty_admin.altegio.errors import (
    AltegioError,
    OutcomeUnknown,
    Refused,
    SignInNeeded,
    TooManyRequests,
    Unavailable,
    Unreachable,
)
from loyalty_admin.altegio.parallel import FAN_OUT, side_by_side
from loyalty_admin.altegio.transport import Query, Secret
from tests.altegio.wire import (
    PARTNER_TOKEN,
    USER_TOKEN,
    Step,
    WireServer,
    after,
    closed_port,
    hang_up,
    ok,
    raw,
    refusal,
    reply,
    silence,
    transport_to,
    trickle,
)

pytestmark = pytest.mark.slow


class TestRequest:
    def test_headers_are_those_of_the_api(self) -> None:
        with WireServer(ok()) as server:
            transport_to(server).get("/groups")
            headers = server.requests[0].headers
        assert headers["Accept"] == "application/vnd.api.v2+json"
        assert headers["Authorization"] == f"Bearer {PARTNER_TOKEN}, User {USER_TOKEN}"
        assert "Content-Type" not in headers
        assert "Cookie" not in headers

    def test_partner_goes_alone_without_a_user(self) -> None:
        with WireServer(ok()) as server:
            transport_to(server, user_token=None).send("POST", "/auth", {})
            assert server.requests[0].headers["Authorization"] == f"Bearer {PARTNER_TOKEN}"

    def test_query_is_quoted(self) -> None:
        with WireServer(ok()) as server:
            query: Query = [("title", "a&b=ц"), ("include[]", "x"), ("include[]", "y"), ("page", 2)]
            transport_to(server).get("/chain/1/loyalty/x", query)
            assert server.requests[0].target == (
                "/api/v1/chain/1/loyalty/x?title=a%26b%3D%D1%86&include%5B%5D=x&include%5B%5D=y&page=2"
            )

    @pytest.mark.parametrize(
        "path", ["groups", "/a/../b", "/a?b=1", "/a#b", "/a//b", "/a/", "/a/b c", "/é", "/a\n", ""]
    )
    def test_odd_path_is_refused(self, path: str) -> None:
        with WireServer(ok()) as server:
            with pytest.raises(ValueError, match="path"):
                transport_to(server).get(path)
            with pytest.raises(ValueError, match="path"):
                transport_to(server).send("POST", path, {})
            assert server.requests == []

    def test_cookies_are_not_kept(self) -> None:
        with WireServer(reply(json_body=[1], headers={"Set-Cookie": "who=someone"})) as server:
            transport_to(server).get("/groups")
            transport_to(server).get("/groups")
            assert "Cookie" not in server.requests[1].headers

    def test_environment_brings_no_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with WireServer(ok([1])) as server:
            monkeypatch.setenv("http_proxy", closed_port())
            monkeypatch.setenv("no_proxy", "")
            assert transport_to(server).get("/groups").data == [1]

    def test_bare_answer_is_its_own_data(self) -> None:
        with WireServer(reply(json_body={"id": 5, "title": "A"})) as server:
            answer = transport_to(server).get("/programs/5")
        assert (answer.data, answer.meta) == ({"id": 5, "title": "A"}, {})

    def test_envelope_is_opened(self) -> None:
        with WireServer(ok([{"id": 5}], {"total_count": 7})) as server:
            answer = transport_to(server).get("/x")
        assert (answer.status, answer.data, answer.meta) == (200, [{"id": 5}], {"total_count": 7})
        assert re.fullmatch(r"[0-9a-f]{8}", answer.request_id)


class TestConnections:
    def test_a_hundred_calls_share_a_connection(self) -> None:
        with WireServer(ok()) as server:
            talking = transport_to(server)
            for _ in range(100):
                talking.get("/groups")
            assert len(server.requests) == 100
            assert server.connections == 1

    def test_users_share_connections_and_never_tokens(self) -> None:
        with WireServer(ok()) as server:
            for token in ("one", "two"):
                transport_to(server, user_token=Secret(token)).get("/groups")
            assert server.connections == 1
            seen = [request.headers["Authorization"] for request in server.requests]
        assert seen == [f"Bearer {PARTNER_TOKEN}, User {token}" for token in ("one", "two")]

    def test_bursts_open_no_more_connections_than_threads(self) -> None:
        with WireServer(after(0.01, ok())) as server, ThreadPoolExecutor(24) as threads:
            for _ in range(5):
                calls = [threads.submit(transport_to(server).get, "/groups") for _ in range(24)]
                for call in calls:
                    call.result()
            assert len(server.requests) == 120
            assert server.connections <= 24

    def test_refusals_and_empty_answers_keep_the_connection(self) -> None:
        with WireServer(refusal(422), reply(204), refusal(404), ok([1])) as server:
            with pytest.raises(Refused):
                transport_to(server).send("POST", "/x", {})
            transport_to(server).send("DELETE", "/x")
            with pytest.raises(Refused):
                transport_to(server).get("/x")
            assert transport_to(server).get("/x").data == [1]
            assert server.connections == 1

    def test_forked_process_opens_its_own(self) -> None:
        script = """
            import os, sys
            from loyalty_admin.altegio.parallel import side_by_side
            from tests.altegio.wire import transport_to
            talking = transport_to(sys.argv[1])
            calls = [lambda: talking.get("/groups").data] * 3
            side_by_side(calls)
            child = os.fork()
            ok = side_by_side(calls) == [[1]] * 3
            if child == 0:
                os._exit(0 if ok else 1)
            assert ok and os.waitpid(child, 0)[1] == 0
        """
        with WireServer(after(0.05, ok([1]))) as server:
            run_python(script, server.base_url)
            assert len(server.requests) == 9
            assert server.connections == 6


class TestEncrypted:
    @pytest.fixture
    def certificate(self, tmp_path: Path) -> Path:
        return self_signed(tmp_path)

    @pytest.fixture
    def trusted(self, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exchange._session, "verify", str(certificate))

    def test_write_to_a_stranger_is_not_sent(
        self, certificate: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO", "loyalty_admin.altegio")
        with WireServer(ok()) as server:
            encrypt(server, certificate)
            with pytest.raises(Unreachable):
                transport_to(server).send("POST", "/x", {})
            assert server.requests == []
        assert "POST /x SSLError" in caplog.text

    @pytest.mark.usefixtures("trusted")
    def test_calls_share_a_connection(self, certificate: Path) -> None:
        with WireServer(ok([1])) as server:
            encrypt(server, certificate)
            assert transport_to(server).get("/x").data == [1]
            assert transport_to(server).send("POST", "/x", {}).data == [1]
            assert server.connections == 1
            time.sleep(1.1)
            transport_to(server).send("POST", "/x", {})
            assert server.connections == 2

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(silence, id="no answer"),
            pytest.param(trickle(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), id="trickled headers"),
            pytest.param(
                trickle(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", b" "), id="trickled body"
            ),
        ],
    )
    def test_deadline_holds(self, certificate: Path, fault: Step) -> None:
        with WireServer(fault) as server:
            encrypt(server, certificate)
            started = time.monotonic()
            with pytest.raises(OutcomeUnknown):
                transport_to(server, timeout=0.6).send("POST", "/x", {})
            assert time.monotonic() - started < 10

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
    @pytest.mark.parametrize(
        ("version", "ciphers"),
        [
            pytest.param(ssl.TLSVersion.TLSv1_1, "ALL:@SECLEVEL=0", id="TLS 1.1"),
            pytest.param(ssl.TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA", id="SHA-1"),
            pytest.param(ssl.TLSVersion.TLSv1_2, "aNULL:@SECLEVEL=0", id="nobody's certificate"),
        ],
    )
    def test_what_is_weak_is_not_agreed_to(
        self, certificate: Path, version: ssl.TLSVersion, ciphers: str
    ) -> None:
        with WireServer(ok()) as server:
            encrypt(server, certificate)
            assert server.context
            server.context.set_ciphers(ciphers)
            server.context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            server.context.maximum_version = version
            agrees_to_all = ssl._create_unverified_context()
            agrees_to_all.set_ciphers(ciphers)
            agrees_to_all.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            urllib.request.urlopen(server.base_url, context=agrees_to_all).close()
            assert len(server.requests) == 1
            with pytest.raises(Unreachable):
                transport_to(server).send("POST", "/x", {})
            assert len(server.requests) == 1

    def test_handshake_that_never_ends_sends_nothing(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as mute:
            url = f"https://127.0.0.1:{mute.getsockname()[1]}/api/v1"
            with pytest.raises(Unreachable):
                transport_to(url, timeout=0.4).send("POST", "/x", {})


class TestSecrets:
    def test_secret_never_shows(self) -> None:
        secret = Secret(USER_TOKEN)
        assert USER_TOKEN not in f"{secret} {secret!r} {[secret]}"
        assert secret.reveal() == USER_TOKEN
        assert secret == Secret(USER_TOKEN) != Secret("another")
        assert secret and not Secret("")
        with pytest.raises(TypeError):
            pickle.dumps(secret)

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(hang_up, id="closed"),
            pytest.param(refusal(401, "Authentication needed."), id="401"),
            pytest.param(refusal(500), id="500"),
            pytest.param(reply(200, "<html>"), id="HTML"),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_tokens_are_in_no_log_and_no_traceback(
        self, fault: Step, method: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        with WireServer(fault) as server:
            talking = transport_to(server)
            with pytest.raises(AltegioError) as caught:
                if method == "GET":
                    talking.get("/groups")
                else:
                    talking.send("POST", "/x", {"title": "A"})
        shown = "".join(
            traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
        )
        everything = shown + caplog.text + repr(talking) + repr(vars(talking))
        assert "POST" in everything or "GET" in everything
        for token in (PARTNER_TOKEN, USER_TOKEN):
            assert token not in everything
        assert caught.value.__context__ is None


class TestLog:
    def lines(self, caplog: pytest.LogCaptureFixture) -> list[str]:
        return [r.getMessage() for r in caplog.records if r.name == "loyalty_admin.altegio"]

    def test_a_line_a_request(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        with WireServer(ok()) as server:
            answer = transport_to(server).get("/loyalty/x", [("phone", "79990001122")])
        (line,) = self.lines(caplog)
        assert re.fullmatch(rf"GET /loyalty/x 200 \d+ ms {answer.request_id}", line)

    def test_error_names_its_line(self, caplog: pytest.LogCaptureFixture) -> None:
        with (
            WireServer(refusal(500, "secret\r\nwords \x1b[31m")) as server,
            pytest.raises(OutcomeUnknown) as caught,
        ):
            transport_to(server).send("POST", "/x", {"password": "do not tell"})
        (line,) = self.lines(caplog)
        assert re.fullmatch(rf"POST /x 500 \d+ ms {caught.value.request_id}", line)

    def test_what_people_search_for_is_in_no_line(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        odd = raw(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nBroken header\r\n\r\n{}")
        with WireServer(odd) as server:
            transport_to(server).get("/x", [("phone", "79990001122")])
        assert "79990001122" not in caplog.text

    def test_each_attempt_has_its_line(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.INFO)
        with WireServer(hang_up, ok()) as server:
            transport_to(server).get("/x")
        assert len(self.lines(caplog)) == 2


class TestHooks:
    def test_forbid_comes_before_every_attempt(self) -> None:
        asked = []
        with WireServer(refusal(503), ok()) as server:
            transport_to(server, forbid=lambda: asked.append(len(server.requests))).get("/x")
        assert asked == [0, 1]

    def test_forbidden_call_is_not_sent(self) -> None:
        def forbid() -> None:
            raise RuntimeError("inside a transaction")

        with WireServer(ok()) as server:
            talking = transport_to(server, forbid=forbid)
            with pytest.raises(RuntimeError):
                talking.get("/x")
            with pytest.raises(RuntimeError):
                talking.send("POST", "/x", {})
            with pytest.raises(RuntimeError):
                side_by_side([lambda: talking.get("/x")])
            assert server.requests == []

    def test_401_is_told_once(self) -> None:
        told: list[str] = []
        with WireServer(refusal(401)) as server:
            talking = transport_to(server, on_sign_in_needed=lambda: told.append("once"))
            with pytest.raises(SignInNeeded):
                talking.get("/x")
        assert told == ["once"]

    def test_401_of_calls_side_by_side_is_told_once_in_the_callers_thread(self) -> None:
        told: list[int] = []

        def tell() -> None:
            told.append(threading.get_ident())

        with WireServer(ok(), refusal(401)) as server:
            talking = transport_to(server, on_sign_in_needed=tell)
            calls: list[Callable[[], Any]] = [lambda: time.sleep(0.05)]
            calls += [lambda: talking.get("/x")] * 3
            with pytest.raises(SignInNeeded):
                side_by_side(calls)
        assert told == [threading.get_ident()]

    def test_limiter_is_asked_before_every_attempt(self) -> None:
        limiter = CountingLimiter()
        with WireServer(refusal(503), ok()) as server:
            transport_to(server, limiter=limiter).get("/x")
            assert len(limiter.asked) == len(server.requests) == 2

    def test_call_keeps_half_its_time_for_the_answer(self) -> None:
        limiter = CountingLimiter()
        with WireServer(ok()) as server:
            transport_to(server, limiter=limiter, timeout=2.0).send("POST", "/x", {})
        assert limiter.asked[0] == pytest.approx(1.0, abs=0.1)

    def test_limited_call_is_not_sent(self) -> None:
        limiter = CountingLimiter(TooManyRequests(retry_after=9.0, status=None))
        with WireServer(ok()) as server:
            talking = transport_to(server, limiter=limiter)
            with pytest.raises(TooManyRequests) as read:
                talking.get("/x")
            assert read.value.request_id
            with pytest.raises(TooManyRequests):
                talking.send("POST", "/x", {})
            assert server.requests == []


class TestSideBySide:
    def test_results_keep_their_order(self) -> None:
        def late(number: int) -> int:
            time.sleep(0.02 * (5 - number))
            return number

        assert side_by_side([lambda n=n: late(n) for n in range(5)]) == [0, 1, 2, 3, 4]  # type: ignore[misc]

    def test_no_calls_have_no_results(self) -> None:
        assert side_by_side([]) == []

    def test_calls_overlap(self) -> None:
        with WireServer(after(0.6, ok([1]))) as server:
            started = time.monotonic()
            answers = side_by_side([lambda: transport_to(server).get("/x")] * 6)
            assert time.monotonic() - started < 3.0
        assert [answer.data for answer in answers] == [[1]] * 6

    def test_first_error_comes_after_all_have_ended(self) -> None:
        ended: list[str] = []

        def fail(word: str) -> None:
            raise Unavailable(word)

        def work() -> None:
            time.sleep(0.1)
            ended.append("worked")

        with pytest.raises(Unavailable, match="first"):
            side_by_side([work, lambda: fail("first"), work, lambda: fail("second")])
        assert ended == ["worked", "worked"]

    def test_one_page_makes_no_more_calls_at_once_than_threads_are_there(self) -> None:
        def meet(several: int, *, within: float) -> list[int]:
            together = threading.Barrier(several)
            return side_by_side([lambda: together.wait(within)] * several)

        # The caller's own thread works as well.
        assert sorted(meet(FAN_OUT + 1, within=10)) == [*range(FAN_OUT + 1)]
        with pytest.raises(threading.BrokenBarrierError):
            meet(FAN_OUT + 2, within=0.3)

    def test_calls_within_calls_do_not_wait_for_each_other(self) -> None:
        def inner() -> list[int]:
            time.sleep(0.05)  # by then every thread of the pool is in here
            return side_by_side([lambda: 1, lambda: 2])

        assert side_by_side([inner] * (FAN_OUT * 3)) == [[1, 2]] * (FAN_OUT * 3)


class CountingLimiter:
    def __init__(self, error: AltegioError | None = None) -> None:
        self.asked: list[float] = []
        self.error = error

    def take(self, *, within: float) -> None:
        self.asked.append(within)
        if self.error:
            raise self.error


def run_python(script: str, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script), *arguments],
        check=True,
        timeout=30,
    )


def self_signed(folder: Path) -> Path:
    """A certificate of 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def encrypt(server: WireServer, certificate: Path) -> None:
    """From now on the server speaks TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server.context = context
    server.base_url = server.base_url.replace("http://", "https://")
