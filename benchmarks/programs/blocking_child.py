"""The least that any child can do: reads a JSON object from each line, and writes one back."""

import json
import sys

for line in sys.stdin:
    asked = json.loads(line)
    sys.stdout.write(json.dumps({"id": asked["id"], "text": asked["text"]}) + "\n")
    sys.stdout.flush()
