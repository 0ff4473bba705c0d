"""The Zen bot: the Zen of Python in a ChatterBot."""
