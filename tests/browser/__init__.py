"""The page, driven by Chromium."""
