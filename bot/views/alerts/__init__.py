"""Digests of alerts, one file a kind."""
