"""What people do with the supply room, one file a verb; rules come from the model, rows through ports."""
