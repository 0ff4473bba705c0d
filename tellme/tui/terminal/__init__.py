"""What a full-screen app does to the terminal around it: modes, clipboard, bell and notices."""
