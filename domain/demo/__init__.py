"""A whole demo hospital made from a seed and a date; pure generation, no SQL."""
