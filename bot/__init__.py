"""Slack in, Slack out: listeners, understanding, dialogue, views, and the local workspace."""
