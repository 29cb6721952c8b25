"""Asks the lab's validator for children, twice a second, and remembers what it said.

One thread for each child: a slow answer for one must not hide a bogus moment of another.
"""

import threading
import time
from collections import Counter

import dns.flags
import dns.rcode

from labtest import UNBOUND, ask

INTERVAL_S = 0.5
GAP_MAX_S = 1.0  # what issue 2 asks for
LATE_SHARE_MAX = 0.05  # on a busy machine; beyond that nothing is proven
TIMEOUT_S = 8.0
GOOD = ("secure", "insecure")


def state(name, rdtype):
    """secure, insecure, timeout, or what the validator says instead: never accepted."""
    answer = ask(UNBOUND, name, rdtype, timeout=TIMEOUT_S)
    if answer is None:
        return "timeout"
    if answer.rcode() == dns.rcode.NOERROR and answer.answer:
        return "secure" if answer.flags & dns.flags.AD else "insecure"
    if answer.rcode() != dns.rcode.SERVFAIL:
        return dns.rcode.to_text(answer.rcode())
    unchecked = ask(UNBOUND, name, rdtype, timeout=TIMEOUT_S, flags=dns.flags.RD | dns.flags.CD)
    is_there = unchecked is not None and unchecked.rcode() == dns.rcode.NOERROR
    return "bogus" if is_there else "servfail"


class Watch:
    """What was seen of one child."""

    def __init__(self, child):
        self.child = child
        self.states = Counter()
        self.moments = {}  # by question: (time, state) of each change of state
        self.samples = 0
        self.late_at = []
        self.longest_gap = 0.0

    def see(self, question, now, seen, gap):
        self.samples += 1
        self.states[seen] += 1
        if gap > GAP_MAX_S:
            self.late_at.append(now)
        self.longest_gap = max(self.longest_gap, gap)
        moments = self.moments.setdefault(question, [])
        if not moments or moments[-1][1] != seen:
            moments.append((now, seen))

    def sequences(self):
        """The states that each question went through. Not mixed: the validator's cache keeps one
        answer a second longer than another."""
        return {tuple(state for _, state in moments) for moments in self.moments.values()}

    def failures(self, silence_from, silence_to):
        return [f"{time.strftime('%H:%M:%S', time.gmtime(at))} {self.child} {seen}"
                for moments in self.moments.values() for at, seen in moments if seen not in GOOD
                and not (seen == "timeout" and silence_from <= at <= silence_to)]


class Sampler:
    """Samples from `with` on until its end; a block is left with all threads ended."""

    def __init__(self, children):
        self.watches = {child: Watch(child) for child in children}
        self.stopped = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(watch,), daemon=True)
                        for watch in self.watches.values()]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def has_begun(self):
        return all(watch.samples for watch in self.watches.values())

    def run(self, watch):
        last = time.monotonic()
        while not self.stopped.wait(max(0.0, last + INTERVAL_S - time.monotonic())):
            begun = time.monotonic()
            # The SOA is asked for at the apex, the address below it: both must hold.
            for name, rdtype in ((watch.child, "SOA"), (f"www.{watch.child}", "A")):
                watch.see(rdtype, time.time(), state(name, rdtype), begun - last)
            last = begun

    def check(self, test, silence_from=0.0, silence_to=0.0):
        """The verdict of the whole time: always an answer, and looked at often enough.

        Between those two moments, if there are such, the validator may also have said nothing.
        """
        for watch in self.watches.values():
            went = " or ".join(" > ".join(states) for states in watch.sequences())
            print(f"  {watch.child:18} {dict(watch.states)}, longest gap {watch.longest_gap:.2f} s,"
                  f" {len(watch.late_at)} of {watch.samples} late, {went}")
        failures = [failure for watch in self.watches.values()
                    for failure in watch.failures(silence_from, silence_to)]
        test.assertEqual(failures, [], "not an answer of the validator")
        for watch in self.watches.values():
            # The sample after one that timed out is late too.
            late = [at for at in watch.late_at
                    if not silence_from <= at <= silence_to + 2 * TIMEOUT_S]
            test.assertLessEqual(len(late), LATE_SHARE_MAX * watch.samples + 2,
                                 f"{watch.child} was sampled too seldom to prove anything")
