"""Tests against shapes and formats that others publish."""
