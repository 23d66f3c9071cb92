"""Cards of photographs: what was read, what is asked of it, a code that is to be taught."""
