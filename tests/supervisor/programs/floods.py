"""Writes so many MiB of lines to stderr as fast as it can, then says so on stdout."""

import os
import sys

lines = b"all work and no play makes Jack a dull boy\n" * 24_385
for _ in range(int(sys.argv[1])):
    left = memoryview(lines)
    while left:
        left = left[os.write(2, left) :]
print("done", flush=True)
sys.stdin.read()
