"""asyncio without what it needs in rare moments alone, which is there when such a moment comes."""

from __future__ import annotations

import subprocess
import sys

import pytest


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
