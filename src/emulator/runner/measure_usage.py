"""Runs a command in bash, and writes the processor time and the memory that it used to a file."""

import json
import os
import resource
import sys

_, command, file = sys.argv
child = os.posix_spawnp("bash", ["bash", "-c", command], os.environ)
_, ended = os.waitpid(child, 0)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
try:
    with open(file, "w") as out:
        # Linux counts memory in KiB, and macOS in bytes.
        peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        json.dump({"peakBytes": peak, "cpuMs": round((used.ru_utime + used.ru_stime) * 1000)}, out)
except OSError:
    pass
status = os.waitstatus_to_exitcode(ended)
sys.exit(status if status >= 0 else 128 - status)
