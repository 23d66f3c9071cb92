"""Alembic revisions: how the tables come to be, forwards and backwards."""
