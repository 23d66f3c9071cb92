"""Files that people post: pictures of labels, and labels to print."""
