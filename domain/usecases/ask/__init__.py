"""Questions: each reads in one unit of work and returns a typed answer; none of them changes anything."""
