"""Reading and writing the API's JSON."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_admin.altegio.payloads import Payload, decode, encode

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class TestEncode:
    def test_decimal_is_a_number_with_its_digits(self) -> None:
        table = [
            ("1500.10", b"1500.10"),
            ("0.1", b"0.1"),
            ("1E+3", b"1000"),
            ("0", b"0"),
            ("-7.50", b"-7.50"),
            ("0E-2", b"0.00"),
            ("1E+400", b"1E+400"),
        ]
        wrong = {
            number: found
            for number, written in table
            if (found := encode({"cost": Decimal(number)})) != b'{"cost":' + written + b"}"
            or json.loads(written) != float(number)
        }
        assert wrong == {}

    def test_number_that_json_has_not_is_refused(self) -> None:
        table: list[Any] = [Decimal("NaN"), Decimal("Infinity"), float("nan")]
        taken = []
        for number in table:
            with suppress(ValueError):
                taken.append(encode([number]))
        assert taken == []

    def test_unknown_kinds_are_refused(self) -> None:
        with pytest.raises(TypeError):
            encode({"when": object()})

    @given(JSON)
    def test_everything_else_is_what_json_makes_of_it(self, value: Any) -> None:
        assert json.loads(encode(value)) == json.loads(json.dumps(value))

    @given(st.decimals(allow_nan=False, allow_infinity=False))
    def test_decimal_comes_back_equal(self, number: Decimal) -> None:
        assert json.loads(encode(number), parse_float=Decimal, parse_int=Decimal) == number


class TestDecode:
    def test_envelope(self) -> None:
        payload = decode(b'{"success": true, "data": [1], "meta": {"total_count": 3}}')
        assert payload == Payload(data=[1], meta={"total_count": 3}, success=True)

    def test_meta_of_any_kind_is_an_object(self) -> None:
        table = ["[]", "{}", "null", '"text"', "5"]
        wrong = {}
        for meta in table:
            found = decode(b'{"success": true, "data": 1, "meta": %s}' % meta.encode())
            if found is None or found.meta != {}:
                wrong[meta] = found
        assert wrong == {}

    def test_envelope_without_success(self) -> None:
        assert decode(b'{"data": [1], "meta": []}') == Payload(data=[1])

    def test_success_of_mixed_types(self) -> None:
        table = [("1", True), ('"0"', False), ("0", False), ("null", None)]
        wrong = {}
        for flag, success in table:
            found = decode(b'{"success": %s, "data": 1}' % flag.encode())
            if found is None or found.success is not success:
                wrong[flag] = found
        assert wrong == {}

    def test_bare_answer_is_data(self) -> None:
        table: list[Any] = [[], [{"id": 1}], {"id": 1, "data": 2}, "text", 5, None]
        wrong = {
            repr(bare): found
            for bare in table
            if (found := decode(json.dumps(bare).encode())) != Payload(data=bare)
        }
        assert wrong == {}

    def test_fractions_are_exact(self) -> None:
        payload = decode(b"[1500.10, 0.1, 3]")
        assert payload is not None
        assert [str(number) for number in payload.data] == ["1500.10", "0.1", "3"]

    def test_numbers_that_are_none(self) -> None:
        payload = decode(b"[NaN, Infinity, -Infinity, 1e99999999999999999999]")
        assert payload == Payload(data=[None] * 4)

    def test_empty_says_nothing(self) -> None:
        wrong = {body: found for body in [b"", b"  \r\n"] if (found := decode(body)) != Payload()}
        assert wrong == {}

    def test_what_is_no_json_is_none(self) -> None:
        table = [
            b"<html>",
            b"{",
            b'{"a": "\xff"}',
            b"[1] x",
            b"[" * 100_000,
            b"1" * 5_000,
            b"\xef\xbb\xbf{}",
        ]
        wrong = {body[:20]: found for body in table if (found := decode(body)) is not None}
        assert wrong == {}

    def test_text_that_no_database_takes_is_replaced(self) -> None:
        payload = decode(rb'{"\u0000a": ["x\u0000y", "\ud83d\ude00", "\ud83d", "\\u0000"]}')
        assert payload is not None
        assert payload.data == {"\ufffda": ["x\ufffdy", "😀", "\ufffd", "\\u0000"]}
        json.dumps(payload.data, ensure_ascii=False).encode()


class TestRefusal:
    def refusal(self, meta: Any) -> Payload:
        payload = decode(json.dumps({"success": False, "data": None, "meta": meta}).encode())
        assert payload is not None
        return payload

    def test_fields_in_all_their_spellings(self) -> None:
        table: list[tuple[Any, dict[str, list[str]]]] = [
            ({"title": ["Taken."]}, {"title": ["Taken."]}),
            ({"[is_archived]": ["Wrong."]}, {"is_archived": ["Wrong."]}),
            ({"title": "Taken."}, {"title": ["Taken."]}),
            ({"[expiration][date]": ["Past."]}, {"expiration.date": ["Past."]}),
            ({"a": ["1"], "[a]": ["2"]}, {"a": ["1", "2"]}),
            (
                {"a": {"0": ["1"], "1": "2"}, "b": None, "c": 5},
                {"a": ["1", "2"], "b": [], "c": ["5"]},
            ),
            ({"[]": ["x"]}, {"[]": ["x"]}),
            ([], {}),
            (None, {}),
            ("text", {}),
        ]
        wrong = {
            repr(errors): found
            for errors, fields in table
            if (found := self.refusal({"message": "No.", "errors": errors}).fields) != fields
        }
        assert wrong == {}

    def test_words(self) -> None:
        assert self.refusal({"message": "No."}).message == "No."
        assert self.refusal([]).message == ""
        assert self.refusal({"message": ["odd"]}).message == ""
        assert self.refusal({"errors": ["First.", "Second."]}).message == "First. Second."

    def test_words_are_one_short_line(self) -> None:
        message = self.refusal({"message": "a\r\nSet-Cookie: x\t\x1b[31m " + "b" * 9_000}).message
        assert message.startswith("a Set-Cookie: x [31m b")
        assert len(message) <= 1_000
        assert message.isprintable()
