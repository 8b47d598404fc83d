"""The PostgreSQL of the lab."""

import psycopg
import pytest

from lab.postgres import Postgres


def test_a_test_gets_an_empty_database_of_its_own(postgres_server: Postgres) -> None:
    with postgres_server.database() as one, postgres_server.database() as other, psycopg.connect(one) as connection:
        connection.execute("CREATE TABLE mine (id integer)")
        connection.commit()
        with psycopg.connect(other) as second:
            count = second.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert count == (0,)


def test_a_committed_row_outlives_a_crash_of_the_server() -> None:
    server = Postgres.create()
    try:
        server.start()
        with psycopg.connect(server.url()) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        server.stop("immediate")
        server.start()
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
    finally:
        server.destroy()


@pytest.mark.parametrize("attempt", [1, 2, 3])
def test_the_server_is_real_and_recent(postgres_url: str, attempt: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.info.server_version >= 15_00_00
