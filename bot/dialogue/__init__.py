"""What the thread is about, what is still missing, and which use case answers which intent: one table."""
