"""Sessions and turns on disk: ``database.Store`` is all that the layers above use, beside the exception ``Busy``.

Nothing is imported here, so that a module of the store costs its own imports and no more.
"""
