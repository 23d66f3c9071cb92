"""Real databases: SQLite in a file, PostgreSQL in a server of the run's own."""
