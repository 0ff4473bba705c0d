"""Markdown and plain text → blocks of styled lines, without widgets."""
