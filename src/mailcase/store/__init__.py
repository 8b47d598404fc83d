"""The desk's database: SQLAlchemy Core on SQLite and PostgreSQL, one module of queries per noun.

Every query takes the transaction first and leaves its end to whoever opened it (`Database.begin`, `Database.read`).
"""
