"""What is true in the supply room: values, rules, use cases, and the store that keeps them."""
