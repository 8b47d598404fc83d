"""What Prometheus is told of logins by OAuth 2.0."""

from datetime import UTC, datetime

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import generate_latest

from mailcase.daemon.oauth_standing import OAuthStanding
from mailcase.domain.oauth import Grant
from mailcase.web.gauges import Gauges
from mailcase.web.standing import Standing

END = datetime(2026, 6, 1, tzinfo=UTC)


def test_what_ends_when_is_told_and_who_has_to_sign_in() -> None:
    one = OAuthStanding(
        oauth="office",
        account="support@example.com",
        grant=Grant.REFRESH_TOKEN,
        mailboxes=("support",),
        is_missing=True,
        signed_in_at=None,
        renewed_at=None,
        ends={"refresh token": END},
    )
    registry = CollectorRegistry()
    registry.register(Gauges(lambda: Standing(now=END, conditions={}, waiting={}, unsent={}, oauth=[one])))

    told = generate_latest(registry).decode()

    labels = 'account="support@example.com",oauth="office"'
    assert f"mailcase_oauth_sign_in_missing{{{labels}}} 1.0" in told
    assert registry.get_sample_value(
        "mailcase_oauth_expires_timestamp_seconds",
        {"oauth": "office", "account": "support@example.com", "what": "refresh_token"},
    ) == (END.timestamp())
