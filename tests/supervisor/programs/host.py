"""A host of two bots, for tests that end it: prints all pids it knows of, then does as told.

Usage: host.py LOG_FOLDER wait|exit|raise|close
"""

import asyncio
import json
import os
import sys
import threading

from tellme.supervisor.process import Process
from tellme.supervisor.spawn import Launch, Spawner

FOLDER = os.path.dirname(os.path.abspath(__file__))


async def main(logs: str, then: str) -> None:
    spawner = Spawner()
    pids = [spawner.pid]
    for number, builtin in enumerate((False, True)):
        launch = Launch(
            name=f"Bot {number}",
            command=("leaves.py", "child", "shell", "daemon", "deaf", "stay"),
            folder=FOLDER,
            env={"PATH": os.environ["PATH"]},
            memory_bytes=None,
            log_path=os.path.join(logs, f"{number}.log"),
            builtin=builtin,
        )
        process = await Process.adopt(spawner.spawn(launch))
        printed: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        process.listen(printed.set_result)
        pids += [process.pid, process.warden_pid, *map(int, (await printed).split())]
    print(json.dumps(pids), flush=True)
    if then == "raise":
        raise SystemError
    if then == "exit":
        os._exit(0)
    if then == "close":
        spawner.close()
        return
    await asyncio.Event().wait()


threading.Thread(target=threading.Event().wait, daemon=True).start()  # a host has threads
asyncio.run(main(*sys.argv[1:]))
