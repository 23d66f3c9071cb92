"""What is looked for, and the life of an alert."""
