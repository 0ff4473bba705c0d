"""``tellme serve``: the host's side of its socket. ``run`` is the command; ``agent`` is one client, over anything."""
