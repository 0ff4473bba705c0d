"""The English bot: ChatterBot's store, trainer and frame around a retrieval of our own."""
