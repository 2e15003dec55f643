#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the directory of a study whose samples are made up, so that reports can be tested without a run:

    make_study.py DIRECTORY KEY=VALUE...

cores=1,2,4,8  samples=8  seconds=10  serial=0.1  noise=0.01  mode=strong  threads=1  seed=1
disturbed=N (of each point, the first ones)  failed=N  names=LIST (values of a parameter "name")
program=yes|no  timer=total  governor=performance  hosts=a,b  start=0 (number of the first sample)"""
import json
import os
import random
import sys

directory, *settings = sys.argv[1:]
given = dict(setting.split("=", 1) for setting in settings)


def get(name, default):
    return type(default)(given.pop(name, default))


cores = [int(c) for c in get("cores", "1,2,4,8").split(",")]
threads = [int(t) for t in get("threads", "1").split(",")]
names = [n for n in get("names", "").split(",") if n] or [None]
hosts = get("hosts", "a").split(",")
count, seconds, serial, noise = get("samples", 8), get("seconds", 10.0), get("serial", 0.1), get("noise", 0.01)
mode, seed, disturbed, failed = get("mode", "strong"), get("seed", 1), get("disturbed", 0), get("failed", 0)
program, timer, governor, number = get("program", "no") == "yes", get("timer", "total"), get("governor", "performance"), get("start", 0)
assert not given, given

draw = random.Random(seed)
points = [(c, t, n) for n in names for t in threads for c in cores]
os.makedirs(os.path.join(directory, "output"))
with open(os.path.join(directory, "study.json"), "w") as stream:
    json.dump({
        "plait_study": 1, "id": f"{seed:016x}", "created": "2026-11-29T00:00:00Z", "mode": mode, "program": program,
        "command": ["pi", "--darts", "4^13"], "launcher": None, "hostfile": None, "timer": timer, "grow": None, "repeat": count,
        "points": [{"ranks": c, "threads": t, "parameters": {"name": n} if n else {}} for c, t, n in points]}, stream)
with open(os.path.join(directory, "samples.jsonl"), "w") as stream:
    for k in range(count):
        for c, t, n in points:
            p = c * t
            factor = serial + (1 - serial) / p if mode == "strong" else p / (p - serial * (p - 1))
            time = seconds * factor * (1 + noise * draw.gauss(0, 1)) * (1 + names.index(n))
            bad = k < failed
            json.dump({
                "sample": number, "study": f"{seed:016x}", "phase": "measure", "round": k, "ranks": c, "threads": t,
                "parameters": {"name": n} if n else {}, "outcome": "failed" if bad else "ok", "timer": timer,
                "seconds": None if bad else time, "launch_seconds": time + 0.5, "exit": 1 if bad else 0, "signal": 0,
                "disturbed": ["load"] if failed <= k < failed + disturbed else [], "started": "2026-11-29T00:00:00Z",
                "environment": {"host": hosts[k % len(hosts)], "hosts": [hosts[k % len(hosts)]], "system": "Linux", "processor": "test",
                                "sockets": 1, "cores": 4, "cpus": 8, "launcher": "mpirun", "governor": governor or None,
                                "version": "0.1.0", "binding": "1 core per rank"}}, stream)
            stream.write("\n")
            number += 1
