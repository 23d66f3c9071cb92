"""Clips that people speak: opened, and turned into what may have been said."""
