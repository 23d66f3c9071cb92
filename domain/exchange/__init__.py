"""What other systems speak: files and services at the edge of the hospital."""
