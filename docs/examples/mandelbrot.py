#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What mandelbrot.c prints, from Python by ctypes: no compiler, no NumPy.

    python3 mandelbrot.py [LIBRARY]

LIBRARY is where libplait.so.0 lies, if the linker does not find it."""
import ctypes
import sys

WIDTH, HEIGHT = 72, 24
MANDELBROT = 0  # PLAIT_MANDELBROT of plait/escape.h


class Escape(ctypes.Structure):
    """struct plait_escape"""

    _fields_ = [("kind", ctypes.c_int), ("width", ctypes.c_uint32), ("height", ctypes.c_uint32),
                ("cx", ctypes.c_double), ("cy", ctypes.c_double), ("dx", ctypes.c_double), ("dy", ctypes.c_double),
                ("maxit", ctypes.c_int32), ("bailout", ctypes.c_double),
                ("cre", ctypes.c_double), ("cim", ctypes.c_double), ("brute", ctypes.c_bool)]


class Exec(ctypes.Structure):
    """struct plait_exec"""

    _fields_ = [("path", ctypes.c_void_p), ("threads", ctypes.c_int), ("device", ctypes.c_void_p),
                ("progress", ctypes.c_void_p), ("progress_context", ctypes.c_void_p)]


def open_library(name):
    """The library with the types of the functions that are called."""
    lib = ctypes.CDLL(name)
    double, uint64 = ctypes.c_double, ctypes.c_uint64
    escape, how = ctypes.POINTER(Escape), ctypes.POINTER(Exec)
    lib.plait_status_text.restype = ctypes.c_char_p
    lib.plait_path_name.restype = ctypes.c_char_p
    lib.plait_path_name.argtypes = [ctypes.c_void_p]
    lib.plait_escape_default.restype = Escape
    lib.plait_escape_set_region.argtypes = [escape, double, double, double, double]
    lib.plait_exec_init.argtypes = [how, ctypes.c_char_p, ctypes.c_int]
    lib.plait_escape_rows.argtypes = [escape, how, ctypes.c_uint32, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int32)]
    lib.plait_digest_rows.argtypes = [how, ctypes.POINTER(ctypes.c_int32), ctypes.c_uint32, ctypes.c_uint32, ctypes.POINTER(uint64)]
    lib.plait_digest_rows.restype = None
    lib.plait_digest_picture.argtypes = [ctypes.POINTER(uint64), ctypes.c_uint32]
    lib.plait_digest_picture.restype = uint64
    return lib


def main():
    lib = open_library(sys.argv[1] if len(sys.argv) > 1 else "libplait.so.0")

    def must(what, status):
        if status:
            sys.exit(f"{what}: {lib.plait_status_text(status).decode()}")

    picture = lib.plait_escape_default(MANDELBROT)
    picture.width, picture.height = WIDTH, HEIGHT
    must("view", lib.plait_escape_set_region(picture, -2.0, 1.0, -1.0, 1.0))
    how = Exec()
    must("exec", lib.plait_exec_init(how, None, 0))
    counts = (ctypes.c_int32 * (WIDTH * HEIGHT))()
    must("rows", lib.plait_escape_rows(picture, how, 0, HEIGHT, counts))

    for i in range(HEIGHT):
        row = counts[i * WIDTH:(i + 1) * WIDTH]
        print("".join("#" if count == picture.maxit else "+" if count > 5 else "." for count in row))
    digests = (ctypes.c_uint64 * HEIGHT)()
    lib.plait_digest_rows(how, counts, HEIGHT, WIDTH, digests)
    print(f"{lib.plait_path_name(how.path).decode()} {lib.plait_digest_picture(digests, HEIGHT):016x}")


main()
