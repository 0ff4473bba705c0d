"""What a manifest grants an agent of the person's machine: files of one folder, and commands."""
