"""Slack payloads through the real Bolt."""
