from tests.databases import (
    database_url,
    make_store,
    postgres_server,
    postgres_template,
    sqlite_template,
    store,
)

__all__ = ["database_url", "make_store", "postgres_server", "postgres_template", "sqlite_template", "store"]
