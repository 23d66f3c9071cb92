"""Cards, forms and receipts of actions as Block Kit; what they show is in ``shown``."""
