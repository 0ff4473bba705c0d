"""Hands the figures about bots to an OpenTelemetry collector, once, by OTLP over HTTP.

The SDK is an extra (``tellme[otel]``) and is imported here alone. Its instruments are not used: they count from the
start of a process, and these figures are older than this one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tellme import __version__
from tellme.errors import TellmeError, UsageError
from tellme.surfaces.metrics import Family
from tellme.text import one_line, shorten

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import Metric, MetricsData

PATH = "/v1/metrics"
"""Where collectors take metrics."""

TIMEOUT_S = 10


class OtlpError(TellmeError):
    """The figures could not be handed over."""


def push(endpoint: str, figures: Iterable[Family], now: float) -> None:
    """Hand over the figures as they are at ``now``. Raises ``UsageError`` and ``OtlpError``."""
    url = _url(endpoint)
    try:
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.sdk.metrics.export import MetricExportResult

        data = _metrics_data(figures, round(now * 1e9))
    except ImportError:
        raise UsageError("--otlp needs OpenTelemetry, which is not installed: pip install 'tellme[otel]'.") from None
    logger = logging.getLogger("opentelemetry")
    logger.addHandler(reasons := _Reasons())
    exporter = OTLPMetricExporter(url, timeout=TIMEOUT_S)
    try:
        if exporter.export(data, TIMEOUT_S * 1000) is not MetricExportResult.SUCCESS:
            why = shorten(one_line(reasons.text).rstrip("."), 200) or "it gave no reason"
            raise OtlpError(f"The collector at {url} did not take the figures: {why}.")
    finally:
        exporter.shutdown()
        logger.removeHandler(reasons)


class _Reasons(logging.Handler):
    """Keeps what the exporter would say on stderr: the system's own words where it quotes them, else its first line."""

    text = ""

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        of_system = re.search(r"\[Errno -?\d+\] ([^'\")]+)", message)
        self.text = of_system[1] if of_system else self.text or message


def _url(endpoint: str) -> str:
    """Return the whole URL; an endpoint without a path gets that of collectors."""
    try:
        parts = urlsplit(endpoint)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(endpoint) & set(" \t\r\n")
    except ValueError:
        is_url = False
    if not is_url:
        raise UsageError(f"{endpoint!r} is no address of a collector; it looks like http://localhost:4318.")
    return endpoint if parts.path.strip("/") else f"{endpoint.rstrip('/')}{PATH}"


def _metrics_data(figures: Iterable[Family], now_ns: int) -> MetricsData:
    from opentelemetry.sdk.metrics.export import MetricsData, ResourceMetrics, ScopeMetrics
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    resource = Resource({"service.name": "tellme", "service.version": __version__})
    scope = InstrumentationScope("tellme", __version__)
    metrics = [_metric(family, now_ns) for family in figures]
    return MetricsData([ResourceMetrics(resource, [ScopeMetrics(scope, metrics, "")], "")])


def _metric(family: Family, now_ns: int) -> Metric:
    from opentelemetry.sdk.metrics.export import Gauge, Metric, NumberDataPoint

    # Of a gauge it is of no meaning when it began: 0 says that.
    points = [NumberDataPoint(dict(labels), 0, now_ns, value) for labels, value in family.samples.items()]
    return Metric(family.name, family.help, family.unit, Gauge(points))
