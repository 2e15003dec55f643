#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks a report against its schema, that of a picture also against the counts of the same run, and that
of pi against what NumPy makes of its hits.

    check_report.py SCHEMA.json REPORT.json [COUNTS.npy]

COUNTS.npy is for pictures; other reports are held against the schema alone.

Prints one line. Exit status: 0 right, 1 wrong."""
import json
import math
import sys

import jsonschema
import numpy


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def check_picture(report, path):
    """What is wrong with a picture's result, as a list of texts."""
    counts = numpy.load(path).astype("<i4")
    digests = b"".join(fnv1a(row.tobytes()).to_bytes(8, "little") for row in counts)
    result = report["result"]
    expected = {
        "width": counts.shape[1] // report["parameters"]["samples"],
        "height": counts.shape[0] // report["parameters"]["samples"],
        "samples": report["parameters"]["samples"],
        "maxit": report["parameters"]["maxit"],
        "steps": int(counts.sum(dtype=numpy.int64)),
        "interior": int((counts == report["parameters"]["maxit"]).sum()),
        "fnv1a": f"{fnv1a(digests):016x}",
    }
    return [f"{key} is {result[key]}, the counts say {value}"
            for key, value in expected.items() if result[key] != value]


def expected_of(step):
    """The statistics of one step of pi; NumPy rounds differently in the last place."""
    estimates = 4 * numpy.array(step["hits"], dtype=float) / step["darts"]
    runs = len(estimates)
    expected = {"mean": estimates.mean(), "std": estimates.std(),
                "expected_std": math.sqrt(math.pi * (4 - math.pi) / step["darts"])}
    if runs > 1:
        expected["std_sample"] = estimates.std(ddof=1)
    spread = expected.get("std_sample") or expected["expected_std"]
    expected["standard_error"] = spread / math.sqrt(runs)
    expected["z"] = (expected["mean"] - math.pi) / expected["standard_error"]
    return expected


def check_pi(report):
    """What is wrong with a result of pi, as a list of texts."""
    wrong = []
    darts = 0
    for step in report["result"]["sweep"]:
        darts += step["darts"] * step["runs"]
        if len(step["hits"]) != step["runs"] or max(step["hits"]) > step["darts"]:
            wrong.append(f"{step['darts']} darts: hits do not fit runs and darts")
        if (step["std_sample"] is None) != (step["runs"] == 1):
            wrong.append(f"{step['darts']} darts: std_sample is {step['std_sample']}")
        for key, value in expected_of(step).items():
            if not math.isclose(step[key], value, rel_tol=1e-9, abs_tol=1e-12):
                wrong.append(f"{step['darts']} darts: {key} is {step[key]}, the hits say {value}")
    parameters, result = report["parameters"], report["result"]
    target = parameters["target-error"]
    met = [target is not None and step["standard_error"] <= target for step in result["sweep"]]
    if any(met[:-1]) or met[-1] != (result["ended_by"] == "target-error"):
        wrong.append(f"ended_by is {result['ended_by']}, of the steps {met} meet the target")
    if result["reproducible"] != (parameters["max-time"] is None):
        wrong.append(f"reproducible is {result['reproducible']}")
    if sum(report["timing"]["darts"]) + report["timing"].get("resumed_darts", 0) != darts:
        wrong.append("the ranks did not throw all darts once")
    return wrong


def main():
    schema, report = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:3])
    jsonschema.validate(report, schema)
    wrong = []
    if report["command"] == "pi":
        wrong = check_pi(report)
    elif len(sys.argv) > 3:
        wrong = check_picture(report, sys.argv[3])
    ranks = len(report["placement"])
    if len(report["timing"].get("busy_seconds", report["placement"])) != ranks:
        wrong.append("busy_seconds is not one for each rank")
    print("check_report: " + ("; ".join(wrong) or "the report is right"))
    sys.exit(1 if wrong else 0)


main()
