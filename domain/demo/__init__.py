"""A whole demo hospital made from a seed and a date; pure generation, no SQL."""

from domain.demo.make import Hospital, hospital

__all__ = ["Hospital", "hospital"]
