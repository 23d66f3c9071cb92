"""From what a label says to the item, the pack and the lot; and codes that people teach."""
