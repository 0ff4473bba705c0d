"""What is left out of the one file, and why; ``tests/binary`` proves that nothing misses it."""

from __future__ import annotations

PACKAGES_LEFT_OUT = {
    "spacy": "ChatterBot's taggers and comparisons use it; English puts a stand-in where it is imported",
    "greenlet": "SQLAlchemy uses it below asyncio only",
}
"""Neither these are installed nor what only they need."""

STANDARD_LIBRARY_LEFT_OUT = (
    "__pycache__", "config-*", "site-packages", "dist-packages", "sitecustomize.py", "EXTERNALLY-MANAGED",  # its own
    "LICENSE.txt.gz", "ensurepip", "venv", "distutils", "_distutils_system_mod.py", "lib2to3",  # to build and install
    "idlelib", "tkinter", "_tkinter.*", "turtle.py", "turtledemo", "curses", "_curses*",  # other ways to draw
    "test", "tests", "_test*", "_xxtestfuzz*", "xxlimited*", "_ctypes_test*", "pydoc_data",  # about Python itself
    "_dbm.*", "_gdbm.*", "_bsddb.*", "readline.*",  # libdb is AGPL, gdbm and readline GPL
    "nis.*", "_crypt.*", "crypt.py", "spwd.*", "ossaudiodev.*",  # half a dozen libraries for what nobody needs
)  # fmt: skip
"""Patterns of names, in any folder of it."""

FILES_LEFT_OUT = (
    "*.pyi", "*.pyx", "*.pxd", "*.h", "*.c", "*.cpp", "py.typed", "tests", "test", "__pycache__",  # for developers
    "RECORD", "INSTALLER", "WHEEL", "REQUESTED", "direct_url.json", "top_level.txt",  # for pip
)  # fmt: skip
"""Patterns of names, in any folder of a package."""

PARTS_LEFT_OUT = (
    "bin", "share", "isympy.py",  # commands and manual pages
    "sqlalchemy/dialects/mssql", "sqlalchemy/dialects/mysql", "sqlalchemy/dialects/oracle",
    "sqlalchemy/dialects/postgresql",  # the store is SQLite
    "chatterbot/ext/django_chatterbot",  # an application of Django's
    "sympy/benchmarks", "sympy/sandbox", "sympy/parsing/autolev", "sympy/parsing/latex",
    "sympy/parsing/c", "sympy/parsing/fortran", "sympy/parsing/ast_parser.py", "sympy/categories", "sympy/crypto",
    "sympy/diffgeom", "sympy/stats",
)  # fmt: skip
"""Paths below the packages: what neither the bots nor ``import sympy`` load."""

LIBRARIES = {
    "libbz2": "bzip2-1.0.6",
    "libcrypto": "Apache-2.0",
    "libexpat": "MIT",
    "libffi": "MIT",
    "libgcc_s": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "liblzma": "0BSD",
    "libsqlite3": "blessing (public domain)",
    "libssl": "Apache-2.0",
    "libstdc++": "GPL-3.0-or-later WITH GCC-exception-3.1",
    "libtinfo": "X11-distribute-modifications-variant",
    "libuuid": "BSD-3-Clause",
    "libz": "Zlib",
    "libzstd": "BSD-3-Clause",
}
"""The shared libraries that may come along, with their licences; for any other the build stops."""

LIBC = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "ld-linux-x86-64.so.2"}
"""What the machine has to have: the GNU C library, nothing else."""
