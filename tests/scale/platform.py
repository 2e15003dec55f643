#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""platform.py RANKS DIR: a simulated cluster with a host per rank, of speeds 1, 1, 0.4 and 0.15 Gflop/s in turn.

Writes DIR/platform.xml and DIR/hosts for smpirun. Gigabit Ethernet, 50 microseconds to the switch of the
hosts of one speed; the slowest ones have links of 100 Mbit/s. A backbone of 10 Gbit/s joins the switches.
"""
import sys

ranks, place = int(sys.argv[1]), sys.argv[2]
kinds = [("a", "1Gf", "125MBps"), ("b", "1Gf", "125MBps"), ("c", "0.4Gf", "125MBps"), ("d", "0.15Gf", "12.5MBps")]
each = (ranks + len(kinds) - 1) // len(kinds)
with open(f"{place}/platform.xml", "w") as out:
    out.write('<?xml version="1.0"?>\n<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">\n')
    out.write('<platform version="4.1">\n<zone id="all" routing="Full">\n')
    for name, speed, link in kinds:
        out.write(f'<cluster id="{name}" prefix="{name}" suffix="" radical="0-{each - 1}" speed="{speed}" '
                  f'bw="{link}" lat="50us" router_id="switch-{name}"/>\n')
    out.write('<link id="backbone" bandwidth="1250MBps" latency="10us"/>\n')
    for i, (one, _, _) in enumerate(kinds):
        for other, _, _ in kinds[i + 1:]:
            out.write(f'<zoneRoute src="{one}" dst="{other}" gw_src="switch-{one}" gw_dst="switch-{other}">'
                      '<link_ctn id="backbone"/></zoneRoute>\n')
    out.write('</zone>\n</platform>\n')
with open(f"{place}/hosts", "w") as out:
    for rank in range(ranks):
        out.write(f"{kinds[rank % len(kinds)][0]}{rank // len(kinds)}\n")
