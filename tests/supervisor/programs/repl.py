"""A program with a prompt: it carries out the words of each line, which make it well or badly behaved."""

import os
import signal
import sys
import time
from pathlib import Path


def put(text: str) -> None:
    os.write(1, text.encode())


def wait_for(path: str) -> None:
    """Block without using the processor, until a test has made the file."""
    while not Path(path).exists():
        time.sleep(0.005)


def carry_out(line: str) -> None:
    word, _, rest = line.partition(" ")
    if word == "say":
        put(rest.replace("\\n", "\n").replace("\\r", "\r").replace("\\e", "\x1b"))
    elif word == "inside":  # what looks like a prompt, and goes on
        put("one\n> ")
        put("two\n")
    elif word == "wait":
        put("waiting\n")
        wait_for(rest)
        put("done\n")
    elif word == "think":
        end = time.process_time() + float(rest)
        while time.process_time() < end:
            pass
        put("thought\n")
    elif word == "flood":
        for _ in range(int(rest)):
            put("x" * 79 + "\n")
    elif word == "length":
        put(f"{len(rest)}\n")
    elif word == "lines":
        put("".join(f"{number}\n" for number in range(int(rest))))
    elif word == "later":  # after the prompt, as a background job does
        if os.fork() == 0:
            wait_for(rest)
            put("by the way\n")
            os._exit(0)
    elif word == "exit":
        put("bye\n")
        sys.exit(int(rest))
    elif word == "close":
        os.close(1)
    elif word == "cut":
        os.write(1, "é".encode()[:1])
        os.write(1, "é\n".encode()[1:])


def main() -> None:
    prompt, *banner = [each.replace("\\e", "\x1b") for each in sys.argv[1:]]
    if "deaf" in banner:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    put("\n".join(each for each in banner if each not in ("deaf", "echo")))
    while True:
        try:
            put(prompt)
            line = sys.stdin.readline()
            if not line:
                return
            if "echo" in banner:
                put(line)
            carry_out(line.rstrip("\n"))
        except KeyboardInterrupt:
            put("\ninterrupted\n")


main()
