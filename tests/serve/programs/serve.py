"""``tellme serve`` as a program of its own; a number as its argument is how long open turns may take to end."""

from __future__ import annotations

import os
import sys

from tellme.cli.ending import end
from tellme.surfaces.serve import house, run

if len(sys.argv) > 1:
    run.DRAIN_S = float(sys.argv[1])
house.MAX_HELD_BYTES = int(os.environ.get("MAX_HELD_BYTES", house.MAX_HELD_BYTES))
run.TELL_S = 100.0  # nothing that a test does takes so long to tell
end(lambda: run.serve(os.environ))
