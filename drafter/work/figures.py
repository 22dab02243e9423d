"""What Prometheus is told of the work, of all processes together: it is read from the database when asked."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select

from drafter.store import StoreError, now, reading
from drafter.work.records import STATES, WorkRow
from drafter.work.workers import WorkerRow


class WorkFigures(Collector):
    """The figures of one database; only that it does not answer, when it does not."""

    def __init__(self, database: Engine) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures as they are now."""
        try:
            figures = list(self._asked())
        except StoreError:
            figures = []
        yield GaugeMetricFamily("drafter_database_up", "Whether the database answers", float(bool(figures)))
        yield from figures

    def _asked(self) -> Iterator[GaugeMetricFamily]:
        states = select(WorkRow.state, func.count()).group_by(WorkRow.state)
        used = select(func.coalesce(func.sum(WorkRow.tokens), 0))
        oldest = select(func.min(WorkRow.created)).where(WorkRow.state == "queued")
        with reading(self._database) as session:
            counts = dict(session.execute(states).all())
            tokens, since = session.scalar(used), session.scalar(oldest)
            processes = session.scalar(select(func.count()).select_from(WorkerRow))
        works = GaugeMetricFamily("drafter_works", "Orders to write, by state", labels=["state"])
        for state in STATES:
            works.add_metric([state], counts.get(state, 0))
        yield works
        waited = max((now() - since).total_seconds(), 0.0) if since else 0.0
        yield GaugeMetricFamily("drafter_queue_seconds", "Age of the oldest queued order", waited)
        yield GaugeMetricFamily("drafter_tokens", "Model tokens that all orders have used", tokens)
        yield GaugeMetricFamily("drafter_processes", "Processes that are up", processes)
