"""What `/metrics` shows, in Prometheus text."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram


class Counters:
    """The counters of one server, on a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("alchemist_requests", "Requests answered.", ("path", "status"), registry=self.registry)
        self._seconds = Histogram("alchemist_request_seconds", "Time to answer.", ("path",), registry=self.registry)
        self._tasks = Counter("alchemist_tasks", "Tasks asked about.", ("outcome",), registry=self.registry)
        self._events = Counter("alchemist_events", "Events received.", ("action",), registry=self.registry)

    def request(self, path: str, status: int, seconds: float) -> None:
        """One request was answered."""
        self._requests.labels(path, str(status)).inc()
        self._seconds.labels(path).observe(seconds)

    def tasks(self, predicted: int, unanswered: int) -> None:
        """Some tasks were predicted, some had no answer."""
        self._tasks.labels("predicted").inc(predicted)
        self._tasks.labels("unanswered").inc(unanswered)

    def event(self, action: str) -> None:
        """One event arrived."""
        self._events.labels(action).inc()
