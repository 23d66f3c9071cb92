"""What changes stock: each action is planned (read back), posted once, and undone by movements of its own."""
