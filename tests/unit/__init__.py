"""Tests of one part at a time, without a network or a server."""
