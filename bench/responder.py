"""What the benchmark's responder has seen of a scan, and how long a scan's rates alone make it last."""

import json
import os
import signal
import sys
import time
from collections import defaultdict

DEADLINE_S = 60


def take_tally(directory):
    """What was asked since the last time, as bench/report.h has it."""
    path = directory / "tally.json"
    path.unlink(missing_ok=True)
    os.kill(int((directory / "pid" / "serving").read_text()), signal.SIGUSR1)
    deadline = time.monotonic() + DEADLINE_S
    while not path.exists():
        if time.monotonic() > deadline:
            sys.exit(f"bench: the responder says nothing after {DEADLINE_S} s")
        time.sleep(0.02)
    return json.loads(path.read_text())


def questions(server):
    """Datagrams that dskeeper sends again after silence wait for no turn of their own."""
    return server["udp"] - server["udp_withheld"] + server["tcp"]


def dictated(tally, settings):
    """The seconds that the slowest operator's or network's rate alone dictates, and a sentence.

    An operator's servers are one /24. Its questions could at best be spread evenly over those of its
    servers that live; what dead ones were asked is not known in full, and not counted.
    """
    lifted_operators, lifted_rate = settings["lifted"] or (0, 0)
    asked, living = defaultdict(int), defaultdict(int)
    for server in tally["servers"]:
        if not server["is_dead"]:
            asked[server["operator"]] += questions(server)
            living[server["operator"]] += 1
    slowest = (0, "nothing was asked")
    for operator, count in asked.items():
        is_lifted = operator < lifted_operators
        rate = (lifted_rate if is_lifted else settings["rate"]) * living[operator]
        if not is_lifted:  # an agreed rate is not capped by the network's
            rate = min(rate, settings["network_rate"])
        slowest = max(slowest, (count / rate, f"operator {operator}: {count} questions at "
                                              f"{rate} a second"))
    return slowest
