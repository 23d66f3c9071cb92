"""Finding items and places by what people call them: indexes in memory, alike on every database."""
