#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the directory of a study whose samples are made up, so that reports can be tested without a run:

    make_study.py DIRECTORY KEY=VALUE...

cores=1,2,4,8  samples=8  seconds=10  serial=0.1  noise=0.01  mode=strong  threads=1  seed=1
disturbed=N (of each point, the first ones)  failed=N  names=LIST (values of a parameter "name")
program=yes|no  timer=total  governor=performance  hosts=a,b  start=0 (number of the first sample)
commits=1,2 (digits that the commits of the builds of the samples are made of, in turn)
speeds=2,1,1 (work per second of each rank)  limit=0.5 (part of the arithmetic units' limit that is reached)"""
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
commits = get("commits", "1").split(",")
speeds, limit = [float(s) for s in get("speeds", "").split(",") if s], get("limit", 0.0)
assert not given, given


def node(host):
    moment = {"mhz": 2000.0, "load": 0.0, "throttles": None}
    return {"host": host, "boot": "00000000000000b0", "system": "Linux", "processor": "test", "sockets": 1, "cores": 4, "cpus": 8,
            "governor": governor or None, "mpi": "Open MPI v4.1.4", "libraries": "glibc-2.36 libmpi.so.40.30.4 libgomp.so.1.0.0",
            "before": moment, "after": moment, "seconds": 1.0, "busy_seconds": 1.0, "own_seconds": 1.0, "path": "avx2",
            "ranks": 1, "threads": 1, "binding": ["0-3"]}

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
            bounds = {}
            if speeds and not bad:
                bounds["speeds"] = {"unit": "darts", "per_second": [s * t for s in speeds[:c]]}
            if limit and not bad:
                bounds["limit"] = {"seconds": time * limit, "part": limit}
            json.dump(bounds | {
                "sample": number, "study": f"{seed:016x}", "phase": "measure", "round": k, "ranks": c, "threads": t,
                "parameters": {"name": n} if n else {}, "outcome": "failed" if bad else "ok", "timer": timer,
                "seconds": None if bad else time, "launch_seconds": time + 0.5, "exit": 1 if bad else 0, "signal": 0,
                "disturbed": ["load"] if failed <= k < failed + disturbed else [], "started": "2026-11-29T00:00:00Z",
                "environment": {"host": hosts[k % len(hosts)], "hosts": [hosts[k % len(hosts)]], "system": "Linux", "processor": "test",
                                "sockets": 1, "cores": 4, "cpus": 8, "shape": "S(1, 1, 4, 2)", "launcher": "mpirun", "governor": governor or None,
                                "version": "0.1.0", "build": {"commit": 40 * commits[k % len(commits)], "changes": None, "compiler": "gcc 12.2.0",
                                                              "flags": "-O3", "features": ["cairo", "hwloc"], "paths": ["scalar", "avx2"]},
                                "binding": "1 core per rank", "nodes": [node(hosts[k % len(hosts)])]}}, stream)
            stream.write("\n")
            number += 1
