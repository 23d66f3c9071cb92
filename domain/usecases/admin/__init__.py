"""What keeps the house in order: loading a hospital, proving the ledger, housekeeping."""
