"""asyncio without what it needs in rare moments alone, which is there when such a moment comes."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from tellme.surfaces import light


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


ONLY_STAND_INS = """
import sys
for name in {names!r}:
    sys.modules.pop(name, None)  # what the interpreter loads by itself in some environments
from tellme.surfaces.light import LATER, Later, import_asyncio
import_asyncio()
async def nothing(): await asyncio.sleep(0)
import asyncio
with asyncio.Runner() as runner:
    runner.run(nothing())
assert sys.modules["linecache"].__class__ is Later
print(*(name for name in LATER if not isinstance(sys.modules[name], Later)))
print(*sys.modules.keys() & {{"ast", "dis", "tokenize", "_ssl", "ssl"}})
"""


def test_a_loop_runs_without_what_only_explains_errors() -> None:
    names = ["inspect", "ast", "dis", "linecache", "tokenize", "textwrap", "locale", "traceback"]
    assert run(ONLY_STAND_INS.format(names=names)) == "\n\n"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import inspect; print(inspect.iscoroutine(1), inspect.__name__)", "False inspect"),
        ("from inspect import unwrap; print(unwrap.__module__)", "inspect"),
        ("import textwrap, textwrap as again; print(textwrap.dedent(' a'), again.indent('a', '-'))", "a -a"),
        ("import traceback; print(traceback.format_list([('f', 1, 'g', None)])[0].split(',')[0])", 'File "f"'),
        ("import inspect; inspect.unwrap; import inspect as real; print(real.__spec__.name)", "inspect"),
        ("from textwrap import *; print(dedent(' a'))", "a"),
        ("import inspect; print(hasattr(inspect, 'no_such_name'), hasattr(inspect, '__path__'))", "False False"),
    ],
)
def test_a_stand_in_has_all_of_its_module_once_it_is_asked_for(code: str, says: str) -> None:
    assert run(f"from tellme.surfaces.light import import_asyncio; import_asyncio(); {code}").strip() == says


def test_an_exception_is_explained_with_its_source_as_ever() -> None:
    code = "from tellme.surfaces.light import import_asyncio; import_asyncio(); import linecache, traceback, types\n"
    code += "linecache.cache['f'] = (5, None, ['1 / 0'], 'f')\n"
    code += "try: exec(compile('1 / 0', 'f', 'exec'))\n"
    code += "except ZeroDivisionError: print(traceback.format_exc())\n"
    assert "    1 / 0\n" in run(code)


def test_threads_that_ask_at_once_find_the_same_module() -> None:
    code = """
from tellme.surfaces.light import import_asyncio
import_asyncio()
import inspect, sys, threading
sys.setswitchinterval(1e-6)
found, gate = [], threading.Barrier(8)
def ask():
    gate.wait()
    found.append(inspect.signature)
threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(found), len(set(found)), found[0] is sys.modules["inspect"].signature)
"""
    assert run(code).split() == ["8", "1", "True"]


# The parts that work on any loop ----------------------------------------------------------------------------------

CORE_ALONE = """
import sys
for name in {names!r}:
    sys.modules.pop(name, None)  # what the interpreter loads by itself in some environments
from tellme.surfaces.light import NO_LOOP, Later, import_core
import_core()
import asyncio
from tellme.surfaces import loop
async def turn():
    async with asyncio.timeout(5), asyncio.TaskGroup() as group, asyncio.Lock():
        return await group.create_task(asyncio.sleep(0, "done"))
print(loop.run(turn()))
print(*(name for name in NO_LOOP if not isinstance(sys.modules[name], Later)))
not_needed = {{"asyncio.base_events", "selectors", "_posixsubprocess", "concurrent.futures._base", "typing"}}
print(*sys.modules.keys() & not_needed)
"""


def test_a_turn_needs_neither_sockets_nor_subprocesses_nor_threads_nor_asyncios_own_loops() -> None:
    names = ["inspect", "socket", "selectors", "subprocess", "_posixsubprocess", "concurrent.futures", "typing"]
    assert run(CORE_ALONE.format(names=names)) == "done\n\n\n"


WHOLE = """
async def echo():
    process = await asyncio.create_subprocess_exec("echo", "hi", stdout=asyncio.subprocess.PIPE)
    return (await process.communicate())[0]
print(asyncio.run(echo()))
"""
QUEUE = """
from tellme.surfaces import loop
async def pass_on():
    queue = asyncio.Queue()
    await asyncio.to_thread(queue.put_nowait, "passed on")
    return await queue.get()
print(loop.run(pass_on()), "asyncio.base_events" in sys.modules)
"""
LATE_LOOP = """
from tellme.surfaces import loop
async def with_streams():
    try:
        await asyncio.open_connection("localhost", 1)
    except NotImplementedError:
        return asyncio.get_running_loop() is asyncio.get_event_loop()
print(loop.run(with_streams()))
"""


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (WHOLE, "b'hi\\n'"),
        (QUEUE, "passed on False"),
        (LATE_LOOP, "True"),
        ("print(hasattr(asyncio, 'no_such_name'), hasattr(asyncio, '__wrapped__'))", "False False"),
        ("from asyncio import *; print(StreamReader.__module__, Task is asyncio.Task)", "asyncio.streams True"),
        ("from asyncio import streams, format_helpers; print(streams.StreamReader.__name__)", "StreamReader"),
        ("import asyncio.base_events as b; print(issubclass(asyncio.SelectorEventLoop, b.BaseEventLoop))", "True"),
        (
            "import typing; print(typing.Optional[int], asyncio.Timeout(1).__class__.__name__)",
            "typing.Optional[int] Timeout",
        ),
        ("import socket; print(socket.AF_UNSPEC, [s.close() for s in socket.socketpair()])", "0 [None, None]"),
        ("import subprocess; print(subprocess.run(['echo'], stdout=subprocess.PIPE).stdout)", "b'\\n'"),
        ("from concurrent.futures import Future; print(asyncio.futures.concurrent.futures.Future is Future)", "True"),
        (
            "import concurrent.futures as f; print(f.wait.__module__, f.ALL_COMPLETED)",
            "concurrent.futures._base ALL_COMPLETED",
        ),
        ("import concurrent.futures.thread as t; print(t.__name__)", "concurrent.futures.thread"),
        ("import concurrent.futures.thread; print(concurrent.futures.thread._shutdown)", "False"),
        (
            "import concurrent.futures as f, concurrent.futures.thread; print(f.thread.__name__)",
            "concurrent.futures.thread",
        ),
        ("from concurrent.futures.thread import ThreadPoolExecutor as T; print(T.__name__)", "ThreadPoolExecutor"),
        ("import inspect; print(inspect.iscoroutinefunction(asyncio.sleep), asyncio.__spec__.name)", "True asyncio"),
    ],
)
def test_with_its_core_alone_asyncio_has_all_of_itself_once_it_is_asked_for(code: str, says: str) -> None:
    begin = "import sys; from tellme.surfaces.light import import_core; import_core(); import asyncio; "
    assert run(f"{begin}\n{code}").splitlines()[-1] == says


def test_of_all_that_is_stood_in_for_it_is_known_what_is_a_package() -> None:
    names = [*light.LATER, *light.NO_LOOP]
    assert [name for name in names if hasattr(importlib.import_module(name), "__path__")] == [*light.PACKAGES]


def test_an_asyncio_that_is_there_is_left_alone() -> None:
    code = "import asyncio, sys; before = dict(sys.modules); from tellme.surfaces import light; light.import_core()\n"
    code += "print(asyncio is sys.modules['asyncio'], all(sys.modules[name] is was for name, was in before.items()))"
    assert run(code) == "True True\n"
