"""Values -> Block Kit, plots and fallback text. Nothing is computed here and nothing is sent."""
