"""The environment that a bot gets: the rule is `tellme.environment`, which authors' tests follow, too."""

from tellme.environment import ALLOWED, DEFAULT_PATH, clean_environment, missing

__all__ = ["ALLOWED", "DEFAULT_PATH", "clean_environment", "missing"]
