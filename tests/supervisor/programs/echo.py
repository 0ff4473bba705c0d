"""Says back each line, then how it ends: exit code as given, 0 by default."""

import sys

print("ready", flush=True)
for line in sys.stdin:
    print(line, end="", flush=True)
sys.exit(int(sys.argv[1]) if sys.argv[1:] else 0)
