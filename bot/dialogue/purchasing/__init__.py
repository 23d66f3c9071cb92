"""From words, clicks and forms about orders to their cards."""
