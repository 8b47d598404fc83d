"""What Prometheus is told about the present: gauges, made anew from one look at each scrape."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mailcase import __version__
from mailcase.daemon.health import Condition
from mailcase.web.standing import Standing, is_well

Read = Callable[[Condition], float | None]
# Name, help, and the number that a mailbox has; None leaves it out.
OF_A_MAILBOX: tuple[tuple[str, str, Read], ...] = (
    ("up", "Whether the mailbox is read as it should be, here or by another daemon.", is_well),
    ("connected", "Whether this process holds a connection to it.", lambda one: one.connected_since is not None),
    (
        "connected_since_timestamp_seconds",
        "When it was connected to.",
        lambda one: one.connected_since.timestamp() if one.connected_since else None,
    ),
    (
        "looked_at_timestamp_seconds",
        "When it was last read to its end.",
        lambda one: one.looked_at.timestamp() if one.looked_at else None,
    ),
    (
        "last_mail_timestamp_seconds",
        "When new mail was last stored.",
        lambda one: one.last_mail_at.timestamp() if one.last_mail_at else None,
    ),
)


class Gauges(Collector):
    """A collector over `look`, which is called once for each scrape."""

    def __init__(self, look: Callable[[], Standing]) -> None:
        self._look = look

    def describe(self) -> Iterable[Metric]:
        """Name nothing beforehand: describing must not ask the database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        standing = self._look()
        yield GaugeMetricFamily("mailcase_ready", "Whether /readyz says yes.", value=standing.is_ready)
        build = GaugeMetricFamily("mailcase_build_info", "The version that runs.", labels=["version"])
        build.add_metric([__version__], 1)
        yield build
        yield from self._of_mailboxes(standing)
        yield from self._of_threads(standing)
        if not standing.database_error:  # else there are no numbers, and 0 would be a lie
            yield from self._of_the_database(standing)

    def _of_mailboxes(self, standing: Standing) -> Iterator[Metric]:
        for name, text, read in OF_A_MAILBOX:
            metric = GaugeMetricFamily(f"mailcase_mailbox_{name}", text, labels=["mailbox"])
            for one in standing.mailboxes:
                value = read(one)
                if value is not None:
                    metric.add_metric([one.mailbox], float(value))
            yield metric

    def _of_threads(self, standing: Standing) -> Iterator[Metric]:
        failures = CounterMetricFamily("mailcase_thread_failures", "Failures of a thread.", labels=["thread"])
        failing = GaugeMetricFamily("mailcase_thread_failing", "Whether a thread fails now.", labels=["thread"])
        for name, one in standing.conditions.items():
            failures.add_metric([name], one.failures)
            failing.add_metric([name], one.failing_since is not None)
        yield failures
        yield failing

    def _of_the_database(self, standing: Standing) -> Iterator[Metric]:
        lag = GaugeMetricFamily(
            "mailcase_mailbox_lag_seconds", "How long the oldest stored mail waits to be filed.", labels=["mailbox"]
        )
        waiting = GaugeMetricFamily("mailcase_mailbox_waiting", "Stored mail that is not filed.", labels=["mailbox"])
        for name in sorted({one.mailbox for one in standing.mailboxes} | standing.waiting.keys()):
            lag.add_metric([name], standing.lag_s(name))
            found = standing.waiting.get(name)
            waiting.add_metric([name], found.count if found else 0)
        yield lag
        yield waiting
        yield GaugeMetricFamily("mailcase_mails_held", "Mail that waits for a person.", value=standing.held)
        unsent = GaugeMetricFamily("mailcase_outbox_mails", "Outgoing mail that is not sent.", labels=["state"])
        for state, count in standing.unsent.items():
            unsent.add_metric([state], count)
        yield unsent
        yield GaugeMetricFamily("mailcase_setbacks", "What was due, failed and is put off.", value=standing.put_off)
        slowed = sum(standing.now < one.until for one in standing.pauses)
        yield GaugeMetricFamily(
            "mailcase_outbox_slowed", "Accounts that rest because a server asked for it.", value=slowed
        )
        yield from self._of_canaries(standing)
        yield from self._of_logins(standing)

    def _of_canaries(self, standing: Standing) -> Iterator[Metric]:
        trip = GaugeMetricFamily(
            "mailcase_canary_round_trip_seconds",
            "How long the last canary mail took that came back.",
            labels=["mailbox"],
        )
        missed = GaugeMetricFamily(
            "mailcase_canary_missed", "Whether a canary mail did not come back.", labels=["mailbox"]
        )
        for name, one in standing.canaries.items():
            if one.round_trip_s is not None:
                trip.add_metric([name], one.round_trip_s)
            missed.add_metric([name], one.missed_since is not None)
        yield trip
        yield missed

    def _of_logins(self, standing: Standing) -> Iterator[Metric]:
        """Tell of logins by OAuth 2.0; the account is an address of the desk, no customer's."""
        names = ["oauth", "account"]
        missing = GaugeMetricFamily("mailcase_oauth_sign_in_missing", "Whether a person has to sign in.", labels=names)
        ends = GaugeMetricFamily(
            "mailcase_oauth_expires_timestamp_seconds",
            "When an access_token, refresh_token, certificate or client_secret ends, as far as that is known.",
            labels=[*names, "what"],
        )
        for one in standing.oauth:
            missing.add_metric([one.oauth, one.account], one.is_missing)
            for what, end in one.ends.items():
                ends.add_metric([one.oauth, one.account, what.replace(" ", "_")], end.timestamp())
        yield missing
        yield ends
