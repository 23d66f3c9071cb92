"""Actions by words and buttons: what is meant, what is missing, the card that reads back, and what a click does."""
