"""JSON-RPC lines: whatever the bytes, reading never raises; what is written is one line and reads back the same."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.wire.jsonrpc import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorResponse,
    LineReader,
    Malformed,
    Message,
    Notification,
    Request,
    Response,
    encode,
    parse,
    sample,
)

quick = settings(max_examples=75, derandomize=True, deadline=None)

SCALARS = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    SCALARS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
IDS = st.integers(-(2**70), 2**70) | st.text()
PARAMS = st.dictionaries(st.text(), JSON, max_size=3)
MESSAGES = (
    st.builds(Request, IDS, st.text(), PARAMS)
    | st.builds(Notification, st.text(), PARAMS)
    | st.builds(Response, IDS, JSON)
    | st.builds(ErrorResponse, IDS | st.none(), st.integers(), st.text(), JSON)
)
NEARLY_MESSAGES = st.fixed_dictionaries(
    {"jsonrpc": st.just("2.0")},
    optional={
        "id": JSON,
        "method": JSON,
        "params": JSON,
        "result": JSON,
        "error": JSON | st.fixed_dictionaries({"code": JSON, "message": JSON}),
    },
).map(lambda value: json.dumps(value).encode())
LINES = st.binary(max_size=60) | MESSAGES.map(lambda message: encode(message).removesuffix(b"\n")) | NEARLY_MESSAGES
STREAMS = st.lists(LINES, max_size=6).map(b"\n".join)


def read_all(stream: bytes, cuts: list[int], limit: int) -> list[bytes | Malformed]:
    """Feed ``stream`` to a reader, cut at ``cuts``."""
    reader = LineReader(limit)
    edges = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    found = [line for start, end in pairwise(edges) for line in reader.feed(stream[start:end])]
    rest = reader.close()
    return [*found, rest] if rest else found


class TestParse:
    @pytest.mark.parametrize(
        ("line", "message"),
        [
            (
                b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":[1,"\xc3\xa9"]}}',
                Request(1, "m", {"a": [1, "é"]}),
            ),
            (b' {"jsonrpc": "2.0", "id": "x", "method": "m"}\t', Request("x", "m", {})),
            (b'{"jsonrpc":"2.0","method":"m","params":null}', Notification("m", {})),
            (b'{"jsonrpc":"2.0","id":0,"result":null}', Response(0, None)),
            (b'{"jsonrpc":"2.0","id":1,"result":{"a":1},"error":null}', Response(1, {"a": 1})),
            (b'{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"no"}}', ErrorResponse(None, -1, "no")),
            (
                b'{"jsonrpc":"2.0","id":1,"result":null,"error":{"code":-1,"message":"no","data":[]}}',
                ErrorResponse(1, -1, "no", []),
            ),
        ],
    )
    def test_messages(self, line: bytes, message: Message) -> None:
        assert parse(line) == message

    @pytest.mark.parametrize(
        ("line", "reason", "code"),
        [
            (b"", "is no JSON (Expecting value at character 1)", PARSE_ERROR),
            (b"Traceback (most recent call last):", "is no JSON (Expecting value at character 1)", PARSE_ERROR),
            (b'{"a":1}{"b":2}', "is no JSON (Extra data at character 8)", PARSE_ERROR),
            (b'{"jsonrpc":"2.0","id":1,"result":"\xff"}', "is no UTF-8", PARSE_ERROR),
            (b"\xff\xfe{\x00}\x00", "is no UTF-8", PARSE_ERROR),
            (b"[" * 100_000, "is nested too deeply", PARSE_ERROR),
            (b'{"a":' * 100_000, "is nested too deeply", PARSE_ERROR),
            (b"9" * 5_000, "has a number that is no JSON number, or has too many digits", PARSE_ERROR),
            (b'{"a":NaN}', "has a number that is no JSON number, or has too many digits", PARSE_ERROR),
            (b"null", "is no object", INVALID_REQUEST),
            (b'"text"', "is no object", INVALID_REQUEST),
            (b'[{"jsonrpc":"2.0","method":"m"}]', "is a batch, which ACP does not have", INVALID_REQUEST),
            (b"{}", "does not say that it is JSON-RPC 2.0", INVALID_REQUEST),
            (b'{"jsonrpc":2.0,"method":"m"}', "does not say that it is JSON-RPC 2.0", INVALID_REQUEST),
            (b'{"jsonrpc":"2.0"}', "has neither a method nor an id", INVALID_REQUEST),
            (b'{"jsonrpc":"2.0","id":1,"method":null}', "has a method that is no string", INVALID_REQUEST),
        ],
    )
    def test_what_is_no_message(self, line: bytes, reason: str, code: int) -> None:
        message = parse(line)
        assert isinstance(message, Malformed)
        assert (message.reason, message.code) == (reason, code)
        assert message.request_id is message.response_id is None

    @pytest.mark.parametrize("id", [b"true", b"1.0", b"null", b"[]", b"{}"])
    @pytest.mark.parametrize("rest", [b'"method":"m"', b'"result":1'])
    def test_an_id_is_an_integer_or_a_string(self, id: bytes, rest: bytes) -> None:
        message = parse(b'{"jsonrpc":"2.0","id":' + id + b"," + rest + b"}")
        assert isinstance(message, Malformed)
        assert message.reason == "has an id that is neither an integer nor a string"

    @pytest.mark.parametrize("params", [b"[]", b'"x"', b"1", b"false"])
    def test_a_request_with_unreadable_params_can_still_be_answered(self, params: bytes) -> None:
        message = parse(b'{"jsonrpc":"2.0","id":7,"method":"m","params":' + params + b"}")
        assert isinstance(message, Malformed)
        assert (message.reason, message.code, message.request_id) == (
            "has params that are no object",
            INVALID_PARAMS,
            7,
        )

    @pytest.mark.parametrize(
        ("rest", "reason"),
        [
            (b'"x":0', "has neither a result nor an error"),
            (b'"result":1,"error":{"code":1,"message":"m"}', "has both a result and an error"),
            (b'"error":"boom"', "has an error without an integer code and a message"),
            (b'"error":{"code":"1","message":"m"}', "has an error without an integer code and a message"),
            (b'"error":{"code":true,"message":"m"}', "has an error without an integer code and a message"),
            (b'"error":{"code":1}', "has an error without an integer code and a message"),
        ],
    )
    def test_an_unreadable_answer_says_which_request_it_was_for(self, rest: bytes, reason: str) -> None:
        message = parse(b'{"jsonrpc":"2.0","id":"q",' + rest + b"}")
        assert isinstance(message, Malformed)
        assert (message.reason, message.request_id, message.response_id) == (reason, None, "q")

    def test_lone_surrogates_are_replaced_and_pairs_are_kept(self) -> None:
        line = rb'{"jsonrpc":"2.0","id":1,"result":["\ud83d\ude00","\ud800x","\uDFFF",{"\ud800":"\\ud800"}]}'
        assert parse(line) == Response(1, ["😀", "\ufffdx", "\ufffd", {"\ufffd": "\\ud800"}])

    @quick
    @given(LINES)
    def test_any_line_is_a_message(self, line: bytes) -> None:
        message = parse(line)
        if isinstance(message, Malformed):
            assert message.sample.isascii()
            assert message.sample == "" or message.sample.isprintable()
        else:
            assert parse(encode(message)) == message


class TestSample:
    def test_it_is_printable_ascii(self) -> None:
        assert sample(b"a\x1b[31m\xc3\xa9\x07\x7f") == r"a\x1b[31m\xc3\xa9\x07\x7f"

    @pytest.mark.parametrize("line", [b"x" * 81, b"\x1b" * 80, b"x" * 1_000_000])
    def test_it_is_short(self, line: bytes) -> None:
        assert len(sample(line)) == 80
        assert sample(line).endswith("...")

    def test_eighty_characters_are_shown_whole(self) -> None:
        assert sample(b"x" * 80) == "x" * 80


class TestEncode:
    def test_golden(self) -> None:
        message = Request(1, "m", {"text": 'é "\n\x00\u2028😀'})
        expected = '{"jsonrpc":"2.0","id":1,"method":"m","params":{"text":"é \\"\\n\\u0000\u2028😀"}}\n'
        assert encode(message) == expected.encode()

    def test_an_error_without_data_has_none(self) -> None:
        expected = b'{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}\n'
        assert encode(ErrorResponse(None, PARSE_ERROR, "no")) == expected

    def test_lone_surrogates_are_replaced(self) -> None:
        assert encode(Response(1, "a\ud83db")) == '{"jsonrpc":"2.0","id":1,"result":"a\ufffdb"}\n'.encode()

    def test_what_json_cannot_say_is_refused(self) -> None:
        with pytest.raises(ValueError, match="not JSON compliant"):
            encode(Response(1, float("nan")))

    @quick
    @given(MESSAGES)
    def test_every_message_is_one_line_and_reads_back(self, message: Request) -> None:
        line = encode(message)
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        assert parse(line) == message


class TestLineReader:
    def test_lines_are_cut_at_newlines_and_blank_ones_skipped(self) -> None:
        reader = LineReader()
        assert reader.feed(b"a\r\n\n \t\r\nb\r\r\nc") == [b"a", b"b\r"]
        assert reader.feed(b"d\n") == [b"cd"]
        assert reader.close() is None

    def test_blank_lines_are_kept_where_they_mean_something(self) -> None:
        assert LineReader(keep_blank=True).feed(b"\r\n \na\n") == [b"", b" ", b"a"]

    def test_a_line_may_be_as_long_as_the_limit(self) -> None:
        assert LineReader(5).feed(b"12345\n") == [b"12345"]

    def test_a_line_too_long_is_reported_once_and_the_next_is_read(self) -> None:
        reader = LineReader(5)
        assert reader.feed(b"ok\n123") == [b"ok"]
        assert reader.feed(b"456") == [Malformed("is longer than 5 bytes", "123456", is_lost=True)]
        assert reader.feed(b"7" * 100) == []
        assert reader.feed(b"8\nnext\n") == [b"next"]

    def test_the_end_forgets_a_line_too_long(self) -> None:
        reader = LineReader(5)
        reader.feed(b"1234567")
        assert reader.close() is None
        assert reader.feed(b"next\n") == [b"next"]

    def test_a_last_line_without_newline_is_malformed(self) -> None:
        reader = LineReader()
        reader.feed(b'{"jsonrpc"')
        assert reader.close() == Malformed("ended before its newline", '{"jsonrpc"')
        assert reader.close() is None

    @pytest.mark.timeout(20)
    def test_a_long_line_in_small_pieces_takes_linear_time(self) -> None:
        reader = LineReader()
        for _ in range(200_000):
            assert reader.feed(b"x" * 64) == []
        (line,) = reader.feed(b"\n")
        assert line == b"x" * 12_800_000

    @quick
    @given(STREAMS, st.lists(st.integers(min_value=0), max_size=8), st.sampled_from([8, 50, 10_000]))
    def test_where_the_stream_is_cut_changes_nothing(self, stream: bytes, cuts: list[int], limit: int) -> None:
        whole = read_all(stream, [], limit)
        # The sample of a line too long is what was there when the limit was passed.
        assert [_without_sample(line) for line in read_all(stream, cuts, limit)] == [_without_sample(x) for x in whole]
        assert all(len(line) <= limit for line in whole if isinstance(line, bytes))

    @quick
    @given(st.lists(MESSAGES, max_size=5), st.lists(st.integers(min_value=0), max_size=8))
    def test_messages_come_through_whole(self, messages: list[Request], cuts: list[int]) -> None:
        lines = read_all(b"".join(map(encode, messages)), cuts, 10_000)
        assert [parse(line) for line in lines if isinstance(line, bytes)] == messages

    @quick
    @given(st.lists(LINES, max_size=5), st.lists(st.integers(min_value=0), max_size=8))
    def test_garbage_does_not_stall_the_message_after_it(self, garbage: list[bytes], cuts: list[int]) -> None:
        message = Notification("m", {})
        assert read_all(b"\n".join([*garbage, encode(message)]), cuts, 100)[-1] == encode(message)[:-1]


def _without_sample(line: bytes | Malformed) -> bytes | str:
    return line.reason if isinstance(line, Malformed) else line
