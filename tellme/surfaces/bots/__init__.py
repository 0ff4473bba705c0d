"""``tellme bots …``: folders of bots made, added, listed, checked, set aside and taken over from other programs."""
