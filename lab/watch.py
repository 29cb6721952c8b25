#!/usr/bin/python3
"""lab/watch.py DIR: watches dskeeper serve in a lab and tells what happens, until the main job is done.

Inside the lab only. Done is: first.example. secure, leave.example. without DS, two rollovers of
roll.example. and one of rollbind.example.; or three minutes are over. Exit status 1 if it was not
done, or if the validator found a child bogus at any moment.
"""

import json
import subprocess
import sys
import time

import dns.flags
import dns.message
import dns.query
import dns.rcode

PARENT = "127.0.2.1"
VALIDATOR = "127.0.0.53"
WATCHED = ["first", "roll", "rollbind", "leave", "split", "breaks", "zsk", "stale", "lame", "insync"]
WANTED_ROLLS = {"roll": 2, "rollbind": 1}
DEADLINE_S = 180


def ask(server, name, rdtype):
    query = dns.message.make_query(name, rdtype, want_dnssec=True)
    answer, _ = dns.query.udp_with_fallback(query, server, timeout=5)
    return answer


def ds_tags(child):
    """The key tags of the DS set in the parent zone, as text."""
    answer = ask(PARENT, child, "DS")
    tags = {str(rr.key_tag) for rrset in answer.answer if rrset.rdtype == 43 for rr in rrset}
    return " ".join(sorted(tags)) or "none"


def validator_says(child):
    answer = ask(VALIDATOR, f"www.{child}", "A")
    if answer.rcode() == dns.rcode.SERVFAIL:
        return "bogus"
    return "secure" if answer.flags & dns.flags.AD else "insecure"


def keeper_says(directory, child):
    """Outcome and first finding of the case; nothing where there is no case."""
    done = subprocess.run(
        ["build/dskeeper", "-c", f"{directory}/dskeeper.toml", "status", "--json", child],
        capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return "idle", ""
    case = json.loads(done.stdout)
    findings = case["findings"]
    return case["outcome"], findings[0]["text"] if findings else ""


class Watch:
    def __init__(self, directory):
        self.directory = directory
        self.began = time.monotonic()
        self.seen = {}
        self.rolls = dict.fromkeys(WANTED_ROLLS, 0)
        self.bogus = []

    def tell(self, child, what):
        print(f"  {time.monotonic() - self.began:4.0f} s  {child + '.example.':20} {what}", flush=True)

    def look(self, name):
        child = f"{name}.example."
        now = {"parent": ds_tags(child), "validator": validator_says(child),
               "dskeeper": keeper_says(self.directory, child)[0]}
        before = self.seen.get(name)
        if now["validator"] == "bogus":
            self.bogus.append(child)
        if before:
            if now["dskeeper"] != before["dskeeper"]:
                self.tell(name, f"dskeeper: {now['dskeeper']}")
            if now["parent"] != before["parent"]:
                self.tell(name, f"DS in the parent: {before['parent']} → {now['parent']}")
                if name in self.rolls:
                    self.rolls[name] += 1
            if now["validator"] != before["validator"]:
                self.tell(name, f"Unbound: {before['validator']} → {now['validator']}")
        self.seen[name] = now

    def is_done(self):
        return (self.seen["first"]["validator"] == "secure"
                and self.seen["leave"]["parent"] == "none"
                and self.seen["leave"]["validator"] == "insecure"
                and all(self.rolls[name] >= wanted for name, wanted in WANTED_ROLLS.items()))

    def run(self):
        while True:
            for name in WATCHED:
                self.look(name)
            done = self.is_done()
            if done or time.monotonic() - self.began > DEADLINE_S:
                return done
            time.sleep(0.5)

    def summarise(self):
        print(f"\n  {'child':20} {'DS in the parent':18} {'Unbound says':13} {'dskeeper':9} why")
        for name, now in self.seen.items():
            outcome, why = keeper_says(self.directory, f"{name}.example.")
            print(f"  {name + '.example.':20} {now['parent']:18} {now['validator']:13} {outcome:9} {why}")


def main():
    watch = Watch(sys.argv[1])
    done = watch.run()
    watch.summarise()
    if watch.bogus:
        sys.exit(f"\nUnbound found bogus at some moment: {', '.join(sorted(set(watch.bogus)))}")
    if not done:
        sys.exit(f"\nNot everything happened within {DEADLINE_S} seconds.")
    print("\n  At no moment did Unbound find one of them bogus.")


if __name__ == "__main__":
    main()
