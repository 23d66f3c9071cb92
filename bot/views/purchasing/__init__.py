"""Proposals and orders as messages."""
