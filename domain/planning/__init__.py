"""Numbers in, numbers out: rates of use, days of supply, what will lapse."""
