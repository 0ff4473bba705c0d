"""The figures for other programs: Prometheus reads them with its own parser, a collector receives them by OTLP."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tellme.errors import TellmeError
from tellme.model import BotState, BotStats, BotStatus
from tellme.surfaces.metrics import Family, exposition, families

from .test_stats import NOW, Standin, show

LATELY = [
    BotStats("math", 1204, 1190, 11, 3, 4.1, 1800.0, 0, 0),
    BotStats('we"ird\\\nbot', 2, 0, 0, 1, None, float("nan"), 12, 11),
]
BOTS = [
    BotStatus("Math", "math", "math", BotState.READY, 11, 61.0, 0, 5 * 2**20, None),
    BotStatus("Zen", "zen", "zen", BotState.IDLE, None, None, 0, None, None),
]

WANTED = {
    ("tellme_turns", "math", "answered"): 1190.0,
    ("tellme_turns", "math", "declined"): 11.0,
    ("tellme_turns", "math", "failed"): 3.0,
    ("tellme_turns", 'we"ird\\\nbot', "answered"): 0.0,
    ("tellme_turns", 'we"ird\\\nbot', "declined"): 0.0,
    ("tellme_turns", 'we"ird\\\nbot', "failed"): 1.0,
    ("tellme_turn_latency_seconds", "math", "0.5"): 0.0041,
    ("tellme_turn_latency_seconds", "math", "0.99"): 1.8,
    ("tellme_bot_crashes", "math"): 0.0,
    ("tellme_bot_crashes", 'we"ird\\\nbot'): 12.0,
    ("tellme_bot_restarts", "math"): 0.0,
    ("tellme_bot_restarts", 'we"ird\\\nbot'): 11.0,
    ("tellme_bot_up", "math"): 1.0,
    ("tellme_bot_up", "zen"): 0.0,
    ("tellme_bot_memory_bytes", "math"): 5242880.0,
}
KINDS = {
    "tellme_turns": "gauge",
    "tellme_turn_latency_seconds": "summary",
    "tellme_bot_crashes": "gauge",
    "tellme_bot_restarts": "gauge",
    "tellme_bot_up": "gauge",
    "tellme_bot_memory_bytes": "gauge",
}


def read(text: str) -> tuple[dict[tuple[str, ...], float], dict[str, str]]:
    """Read an exposition with the official parser: samples, and the type of each family."""
    from prometheus_client.parser import text_string_to_metric_families

    found = list(text_string_to_metric_families(text))
    samples = [sample for family in found for sample in family.samples]
    keys = [(sample.name, *sample.labels.values()) for sample in samples]
    assert len(set(keys)) == len(keys)
    assert all(family.documentation for family in found)
    return dict(zip(keys, (sample.value for sample in samples), strict=True)), {each.name: each.type for each in found}


def test_prometheus_reads_every_figure() -> None:
    assert read(exposition(families(LATELY, BOTS, "24 hours"))) == (WANTED, KINDS)


def test_each_family_is_one_block_with_its_help_and_type_first() -> None:
    lines = exposition(families(LATELY, BOTS, "24 hours")).splitlines()
    assert lines[:3] == [
        "# HELP tellme_turns Turns sent in the last 24 hours that ended, by how they ended.",
        "# TYPE tellme_turns gauge",
        'tellme_turns{bot="math",status="answered"} 1190',
    ]
    assert 'tellme_turns{bot="we\\"ird\\\\\\nbot",status="failed"} 1' in lines
    assert 'tellme_turn_latency_seconds{bot="math",quantile="0.5"} 0.0041' in lines
    assert [line.split()[2] for line in lines if line.startswith("# TYPE")] == list(KINDS)


def test_where_nothing_is_kept_there_is_nothing() -> None:
    assert exposition(families([], [], "24 hours")) == ""


def test_no_bot_brings_a_control_sequence_to_the_terminal_or_a_line_of_its_own() -> None:
    text = exposition(families([LATELY[0]._replace(bot="a\x1b[2Jb\rc\x9b\u2028\ntellme_bot_up 7")], [], ""))
    assert text.replace("\n", "").isprintable()
    assert len(text.splitlines()) == (2 + 3) + (2 + 2) + (2 + 1) + (2 + 1)
    assert "tellme_bot_up" not in read(text)[1]


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text(max_size=12))
def test_any_label_is_read_back(bot: str) -> None:
    text = exposition([Family("tellme.bot.up", "gauge", "", "Help.", {(("bot", bot),): 1})])
    ((name, found),) = read(text)[0]
    assert (name, unquote(found)) == ("tellme_bot_up", bot)
    if bot.isprintable() and "%" not in bot:
        assert found == bot


@pytest.mark.parametrize(
    "bots",
    [
        *(("a\x1b", "a\\u001b"), ("a\x1b", "a%1B"), ("a%1B", "a%251B")),
        *(("\n", "\\n"), ("\r", "\\r"), ("\ud800", "%ED%A0%80")),
    ],
)
def test_no_two_bots_have_one_label(bots: tuple[str, str]) -> None:
    text = exposition([Family("tellme.bot.up", "gauge", "", "Help.", {(("bot", bot),): 1 for bot in bots})])
    assert len(read(text)[0]) == 2


def test_the_command_prints_what_was_in_the_span(capfd: pytest.CaptureFixture[str]) -> None:
    host = _Host()
    code = show(host, 3600.0, prometheus=True)
    out, err = capfd.readouterr()
    assert (code, err) == (0, "")
    assert read(out) == (WANTED, KINDS)
    assert "60 minutes" in out
    assert host.asked == [NOW - 3600]


class _Host(Standin):
    def __init__(self) -> None:
        super().__init__(LATELY, [])

    async def bots(self) -> list[Any]:
        return BOTS


# OpenTelemetry ----------------------------------------------------------------------------------------------------


class Collector(HTTPServer):
    """A collector that answers every request with one status and keeps what it got."""

    def __init__(self, status: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = status
        self.got: list[tuple[str, bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Content-Encoding"] == "gzip":
            import gzip

            body = gzip.decompress(body)
        self.server.got.append((self.path, body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def collecting(status: int = 200) -> Iterator[Collector]:
    with Collector(status) as collector:
        thread = threading.Thread(target=collector.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield collector
        finally:
            collector.shutdown()
            thread.join()


def test_a_collector_receives_every_figure(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("opentelemetry.sdk")
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

    with collecting() as collector:
        assert show(_Host(), 3600.0, otlp=collector.url) == 0
    assert capfd.readouterr().err == ""
    ((path, body),) = collector.got
    assert path == "/v1/metrics"
    (resource,) = ExportMetricsServiceRequest.FromString(body).resource_metrics
    assert {each.key: each.value.string_value for each in resource.resource.attributes}["service.name"] == "tellme"
    (scope,) = resource.scope_metrics
    got, units = {}, {}
    for metric in scope.metrics:
        data = getattr(metric, metric.WhichOneof("data"))
        units[metric.name] = metric.unit
        assert metric.WhichOneof("data") == "gauge"
        for point in data.data_points:
            assert point.time_unix_nano == int(NOW) * 10**9
            labels = [each.value.string_value for each in point.attributes]
            got[metric.name, *labels] = point.as_double or float(point.as_int)
    names = {
        "tellme.turns": "tellme_turns",
        "tellme.turn.latency": "tellme_turn_latency_seconds",
        "tellme.bot.crashes": "tellme_bot_crashes",
        "tellme.bot.restarts": "tellme_bot_restarts",
        "tellme.bot.up": "tellme_bot_up",
        "tellme.bot.memory": "tellme_bot_memory_bytes",
    }
    assert {(names[name], *labels): value for (name, *labels), value in got.items()} == WANTED
    assert (units["tellme.turn.latency"], units["tellme.bot.memory"]) == ("s", "By")


def test_a_path_of_the_endpoint_is_kept() -> None:
    pytest.importorskip("opentelemetry.sdk")
    with collecting() as collector:
        assert show(_Host(), 3600.0, otlp=f"{collector.url}/otel/in") == 0
    assert [path for path, _ in collector.got] == ["/otel/in"]


def test_a_collector_that_refuses_is_told_in_a_line(capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("opentelemetry.sdk")
    with collecting(400) as collector, pytest.raises(TellmeError, match="did not take") as raised:
        show(_Host(), 3600.0, otlp=collector.url)
    assert collector.url in str(raised.value)
    assert raised.value.exit_code == 3
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("endpoint", ["", "localhost:4318", "ftp://host", "http://", "http://[", "http://a b"])
def test_an_endpoint_that_is_none_is_wrong_usage(endpoint: str) -> None:
    with pytest.raises(TellmeError, match="http://localhost:4318") as raised:
        show(_Host(), 3600.0, otlp=endpoint)
    assert raised.value.exit_code == 2


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.resources", None)
    with pytest.raises(TellmeError, match=r"pip install 'tellme\[otel\]'"):
        show(_Host(), 3600.0, otlp="http://localhost:4318")
