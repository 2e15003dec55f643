#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""cut_checkpoint.py FILE RECORDS: leaves the first records of the checkpoint of a picture, as a run that was stopped
does (drivers/files/checkpoint.h has the layout). Prints how many rows these are."""
import struct
import sys

path, records = sys.argv[1], int(sys.argv[2])
PAGE, RECORDS_AT = 4096, 3 * 4096


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


data = bytearray(open(path, "rb").read())
commits = [struct.unpack_from("<QQQ", data, PAGE * (1 + k)) for k in range(2)]
sequence, end, _ = max(commit for commit in commits if fnv1a(struct.pack("<QQ", *commit[:2])) == commit[2])
at, rows = RECORDS_AT, 0
while records > 0:
    assert at < end, "it has fewer records"
    _, count, row_bytes = struct.unpack_from("<QQQ", data, at)
    at += 5 * 8 + count * row_bytes
    rows += count
    records -= 1
assert at < end, "nothing is cut"
sequence += 1
head = struct.pack("<QQ", sequence, at)
struct.pack_into("<QQQ", data, PAGE * (1 + sequence % 2), *struct.unpack("<QQ", head), fnv1a(head))
open(path, "wb").write(data[:at])
print(rows)
