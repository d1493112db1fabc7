"""Search for steps; nothing here is trusted."""
