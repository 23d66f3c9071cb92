"""What the buttons of alerts lead to."""
