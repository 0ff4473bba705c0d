"""``tellme acp``: this host, or one bot of it, as an agent on stdin and stdout. ``run`` is the command."""
