"""``tellme mcp``: the bots as tools of a server of the Model Context Protocol. ``run`` is the command."""
