"""Takes more and more memory, itself or in a child; at 8 MiB each time, up to 1 GiB."""

import os
import sys
import time

if sys.argv[1] == "child" and os.fork():
    os.wait()
taken = []
for _ in range(128):
    taken.append(b"x" * (8 << 20))
    time.sleep(0.002)
time.sleep(1000)
