"""SQLAlchemy tables, repositories, search and the unit of work, on SQLite and PostgreSQL alike."""
