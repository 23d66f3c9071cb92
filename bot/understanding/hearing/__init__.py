"""What was heard, brought to the words that a supply room uses."""
