"""Pages for monitoring: health, readiness and metrics."""
