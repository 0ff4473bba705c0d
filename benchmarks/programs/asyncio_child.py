"""The least that an asyncio child can do: reads a JSON object from each line, and writes one back."""

import asyncio
import json
import sys


async def main() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, sys.stdout)
    writer = asyncio.StreamWriter(transport, protocol, None, loop)
    while line := await reader.readline():
        asked = json.loads(line)
        writer.write(json.dumps({"id": asked["id"], "text": asked["text"]}).encode() + b"\n")
        await writer.drain()


asyncio.run(main())
