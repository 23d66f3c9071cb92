"""Text -> Meaning -> typed Request: the language service, spoken numbers, dates, and the names of items and places."""
