"""What is bought: what is needed, proposals, orders and their life, what came of them."""
