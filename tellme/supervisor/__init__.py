"""Processes: how a bot is started, spoken to, restarted and ended."""
