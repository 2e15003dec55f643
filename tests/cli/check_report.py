#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks a report of a picture against its schema and against the counts of the same run.

    check_report.py SCHEMA.json REPORT.json COUNTS.npy

Prints one line. Exit status: 0 right, 1 wrong."""
import json
import sys

import jsonschema
import numpy


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def main():
    schema, report = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:3])
    counts = numpy.load(sys.argv[3]).astype("<i4")
    jsonschema.validate(report, schema)

    digests = b"".join(fnv1a(row.tobytes()).to_bytes(8, "little") for row in counts)
    result = report["result"]
    expected = {
        "width": counts.shape[1],
        "height": counts.shape[0],
        "maxit": report["parameters"]["maxit"],
        "steps": int(counts.sum(dtype=numpy.int64)),
        "interior": int((counts == report["parameters"]["maxit"]).sum()),
        "fnv1a": f"{fnv1a(digests):016x}",
    }
    wrong = [f"{key} is {result[key]}, the counts say {value}"
             for key, value in expected.items() if result[key] != value]
    if len(report["timing"]["busy_seconds"]) != len(report["placement"]):
        wrong.append("busy_seconds is not one for each rank")
    print("check_report: " + ("; ".join(wrong) or "the report is right"))
    sys.exit(1 if wrong else 0)


main()
