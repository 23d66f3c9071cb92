"""A whole demo hospital made from a seed and a date; pure generation, no SQL."""

from domain.demo.make import Hospital, hospital
from domain.demo.plan import ZONE

__all__ = ["ZONE", "Hospital", "hospital"]
