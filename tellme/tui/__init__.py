"""The full-screen app: Textual on one side, the host on the other, ``bridge.py`` between them."""
