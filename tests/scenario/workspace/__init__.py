"""The local workspace under a real slack_bolt application."""
