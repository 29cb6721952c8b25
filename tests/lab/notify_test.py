#!/usr/bin/python3 -B
"""NOTIFY (RFC 9859): the timed scan is off, and `serve` keeps roll.example. by NOTIFY alone.

A complete KSK rollover of the restless policy, each step within three seconds of its NOTIFY; then
the same under four floods: from one source and from ten thousand, for the victim's own name and for
thousands of others. NOTIFY_RATE is the floods' rate; bench/notify runs it with the whole 20,000.
"""

import itertools
import json
import os
import socket
import struct
import subprocess
import threading
import time
import unittest
from pathlib import Path

import dns.edns
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdatatype

import labtest
from labtest import LAB, Dskeeper, configure, ds_at_parent, ksks, records, wait_until

RECEIVER, PORT = "127.0.0.1", 5359
CHILD, SERVERS = "roll.example.", ("127.0.3.1", "127.0.3.2")
RATE = int(os.environ.get("NOTIFY_RATE", "2000"))
OTHERS = 2000  # children of many.
WITHIN_S = 3.0
WITHIN_FLOODED_S = 5.0
PATIENCE_S = 120  # for the child to ask for something
MEMORY_KB = 64 * 1024
FLOOD = Path(os.environ.get("NOTIFY_FLOOD",
                            Path(labtest.DSKEEPER).parent / "bench" / "notify_flood"))


def notify(name, rdtype="CDS", source="127.0.0.9", tcp=False, timeout=2.0, agent=None):
    """The receiver's answer; None when there is none."""
    options = agent and [dns.edns.GenericOption(18, dns.name.from_text(agent).to_wire())]
    message = dns.message.make_query(name, rdtype, flags=dns.flags.AA, options=options)
    message.set_opcode(dns.opcode.NOTIFY)
    how = dns.query.tcp if tcp else dns.query.udp
    try:
        return how(message, RECEIVER, port=PORT, source=source, timeout=timeout)
    except (OSError, dns.exception.DNSException):
        return None


def wanted_ds():
    """What the child asks for at both its servers, where that is not what stands; else None."""
    asked = [records(server, CHILD, "CDS") for server in SERVERS]
    standing = ds_at_parent(CHILD)
    if not asked[0] or asked[0] != asked[1] or standing is None or asked[0] == standing:
        return None
    return asked[0]


def write_many():
    """A zone of children whose server knows none of them: a look at each is a look in vain."""
    lines = ["many. 60 IN SOA ns.many. host.many. 1 60 60 600 60", "many. 60 IN NS ns.many.",
             "ns.many. 60 IN A 127.0.2.1"]
    for i in range(OTHERS):
        lines += [f"kid{i}.many. 60 IN NS ns1.kid{i}.many.",
                  f"ns1.kid{i}.many. 60 IN A 127.0.5.{1 + i % 2}",
                  f"kid{i}.many. 60 IN DS 4711 13 2 {'A' * 64}"]
    (LAB / "many.zone").write_text("\n".join(lines) + "\n")
    (LAB / "many.names").write_text("".join(f"kid{i}.many.\n" for i in range(OTHERS)))


def write_configuration():
    path = configure("notify", interval=('interval = "2s"', 'interval = "1h"'))
    path.write_text(path.read_text() + f"""
[notify]
listen = ["{RECEIVER}"]

[[parent]]
zone   = "many."
policy = "lab"
source = {{ zone-file = "many.zone" }}
sink   = {{ none = true }}
""")
    return path


class FloodOfNotify:
    """Runs the flood until the block ends; then what it has counted is in `totals`."""

    def __init__(self, sources, names):
        self.command = [str(FLOOD), "--to", f"{RECEIVER}:{PORT}", "--rate", str(RATE),
                        "--seconds", "200", "--sources", str(sources), *names]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        output, _ = self.process.communicate(timeout=60)
        self.totals = json.loads(output)


class Agent(threading.Thread):
    """The name server of domains that want reports (RFC 9567): remembers what it is told."""

    ADDRESS = "127.0.9.9"

    def __init__(self):
        super().__init__(daemon=True)
        self.listening = socket.create_server((self.ADDRESS, 53))
        self.told = []
        self.start()

    def run(self):
        while True:
            connection, _ = self.listening.accept()
            with connection, connection.makefile("rwb") as stream:
                while len(length := stream.read(2)) == 2:
                    question = dns.message.from_wire(stream.read(struct.unpack("!H", length)[0]))
                    if question.question[0].rdtype == dns.rdatatype.TXT:
                        self.told.append(question.question[0].name.to_text())
                    answer = dns.message.make_response(question)
                    answer.flags |= dns.flags.AA
                    octets = answer.to_wire()
                    stream.write(struct.pack("!H", len(octets)) + octets)
                    stream.flush()

    @classmethod
    def delegate(cls, *domains):
        """In op., whose names the children's name servers have."""
        control = LAB / "parent" / "ctl"
        records = [(domain, "NS", "agent.op.") for domain in domains]
        steps = [("zone-set", "op.", owner, "1", rdtype, data)
                 for owner, rdtype, data in [*records, ("agent.op.", "A", cls.ADDRESS)]]
        for step in [("zone-begin", "op."), *steps, ("zone-commit", "op.")]:
            subprocess.run([control, *step], check=True, capture_output=True)
        for server in (labtest.PARENT, labtest.PARENT2):
            for domain in domains:
                wait_until(f"{server} delegates {domain}", 30, cls.is_delegated, server, domain)

    @staticmethod
    def is_delegated(server, domain):
        answer = labtest.ask(server, domain, "NS")
        return answer is not None and any(rrset.rdtype == dns.rdatatype.NS
                                          for rrset in answer.authority)


class Notify(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        write_many()
        cls.dskeeper = Dskeeper(write_configuration())
        cls.addClassCleanup(cls.dskeeper.end)
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(cores)})  # one for `serve`; whoever floods may have the others
        cls.dskeeper.start()
        os.sched_setaffinity(0, cores)
        wait_until("both first passes have ended", 120, lambda: cls.passes_ended() == 2)

    @classmethod
    def passes_ended(cls):
        return cls.dskeeper.log().count("pass-ended")

    def memory_kb(self):
        status = Path(f"/proc/{self.dskeeper.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0])

    def follow_one_step(self, within_s, **how):
        """Waits for the child to want something, notifies, and returns how long the DS took."""
        wanted = wait_until(f"{CHILD} asks for something", PATIENCE_S, wanted_ds)
        sent = time.monotonic()
        answer = wait_until("the NOTIFY is acknowledged", within_s, lambda: notify(CHILD, **how))
        acknowledged = time.monotonic() - sent
        self.assertEqual(answer.rcode(), dns.rcode.NOERROR)
        wait_until(f"{CHILD} has the DS it asked for", 20, lambda: ds_at_parent(CHILD) == wanted)
        took = time.monotonic() - sent
        print(f"  acknowledged after {acknowledged:.2f} s, DS in the parent after {took:.2f} s",
              flush=True)
        self.assertLessEqual(took, within_s)
        return took

    def test_1_answers(self):
        for tcp in (False, True):
            for name, rdtype, rcode in [("insync.example.", "CDS", dns.rcode.NOERROR),
                                        ("insync.example.", "CSYNC", dns.rcode.NOERROR),
                                        ("insync.example.", "SOA", dns.rcode.NOTIMP),
                                        ("example.", "CDS", dns.rcode.REFUSED),
                                        ("nobody.example.", "CDS", dns.rcode.REFUSED),
                                        ("elsewhere.test.", "CDS", dns.rcode.REFUSED)]:
                answer = notify(name, rdtype, tcp=tcp)
                self.assertIsNotNone(answer, (name, rdtype, tcp))
                self.assertEqual(answer.rcode(), rcode, (name, rdtype, tcp))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            for octets in (b"", b"\0", b"\xff" * 12, os.urandom(1400), os.urandom(4000)):
                sock.sendto(octets, (RECEIVER, PORT))
        self.assertIsNotNone(notify("insync.example."))

    def test_2_a_rollover_by_notify_alone(self):
        first = ds_at_parent(CHILD)
        steps = 0
        while True:
            self.follow_one_step(WITHIN_S, tcp=steps % 2 == 1)
            steps += 1
            standing = ds_at_parent(CHILD)
            if len(standing) == 1 and standing != first:
                break
            self.assertLess(steps, 6, "the rollover does not end")
        wait_until("the old KSK is gone", PATIENCE_S,
                   lambda: ksks(SERVERS[0], CHILD) == standing == ds_at_parent(CHILD))
        self.assertEqual(self.passes_ended(), 2)
        self.check_history(steps)

    def check_history(self, steps):
        whole = self.dskeeper.history(CHILD)
        # The pass at the start may have found something by itself.
        history = list(itertools.dropwhile(lambda entry: entry["kind"] != "notify", whole))
        changes = [entry for entry in history if entry["kind"] == "change"]
        confirmed = [entry for entry in changes if entry["details"]["state"] == "confirmed"]
        self.assertGreaterEqual(len(confirmed), steps)
        for entry in changes:  # none came of anything else
            self.assertIn("after_notify_ms", entry, entry)
        for entry in confirmed[-steps:]:
            self.assertLessEqual(entry["after_notify_ms"], WITHIN_S * 1000)
        kinds = [kind for kind, _ in itertools.groupby(entry["kind"] for entry in history)]
        self.assertEqual(kinds[:3], ["notify", "transition", "change"])
        self.assertRegex(self.dskeeper.run("history", CHILD).stdout,
                         r"confirmed|stands in the parent.* \(\d+\.\d s after the NOTIFY\)")

    def test_3_what_fails_is_told_the_agent_of_the_notify(self):
        agent = Agent()
        agent.delegate("errors.op.", "errors.ns1.nsd.op.")
        # Not below a name server of the delegation: anybody could have anybody asked.
        self.assertIsNotNone(notify("zsk.example.", agent="errors.op."))
        self.assertIsNotNone(notify("breaks.example.", agent="errors.ns1.nsd.op."))
        told = wait_until("the agent is told", 20, lambda: agent.told)
        finding = "would-break"
        # 6 is "DNSSEC Bogus" (RFC 8914 §4.7), 59 is CDS.
        self.assertEqual(told, ["_er.59.breaks.example.6._er.errors.ns1.nsd.op."])
        reports = wait_until("it is in the journal", 20, lambda: [
            entry["details"] for entry in self.dskeeper.history("breaks.example.")
            if entry["kind"] == "report"])
        self.assertEqual([(report["agent"], report["code"]) for report in reports],
                         [("errors.ns1.nsd.op.", finding)])
        wait_until("zsk.example. was looked at", 20, lambda: any(
            entry["kind"] == "notify" for entry in self.dskeeper.history("zsk.example.")))
        self.assertEqual(len(agent.told), 1)

    def test_4_floods(self):
        many = ["--names", str(LAB / "many.names")]
        self.memory = []
        for words, sources, names in [("one source, the victim's name", 1, [CHILD]),
                                      ("one source, many names", 1, many),
                                      ("ten thousand sources, the victim's name", 10_000, [CHILD]),
                                      ("ten thousand sources, many names", 10_000, many)]:
            with self.subTest(words):
                self.flood(words, sources, names)
        done = self.dskeeper.run("audit", timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def flood(self, words, sources, names):
        print(f"  {words}, {RATE} a second", flush=True)
        before, written = self.memory_kb(), self.journal_entries()
        with FloodOfNotify(sources, names) as flood:
            began = time.monotonic()
            self.follow_one_step(WITHIN_FLOODED_S)
            while time.monotonic() - began < 10:
                self.assertTrue(self.dskeeper.is_running(), self.dskeeper.log()[-3000:])
                answer = wait_until("others are acknowledged", WITHIN_FLOODED_S,
                                    lambda: notify("insync.example.", source="127.0.0.10"))
                self.assertEqual(answer.rcode(), dns.rcode.NOERROR)
                time.sleep(0.5)
        after, entries = self.memory_kb(), self.journal_entries() - written
        print(f"  {flood.totals}; memory {before} → {after} kB, {entries} journal entries",
              flush=True)
        self.assertGreater(flood.totals["sent"], RATE * 5)
        self.assertGreater(flood.totals["acknowledged"], 0)
        self.assertLess(after - before, MEMORY_KB)
        self.assertLess(entries, 4 * OTHERS)

    def journal_entries(self):
        lines = [line for line in self.dskeeper.log().splitlines() if "journal-head" in line]
        heads = {}
        for line in lines:
            zone, number = line.split("The journal of ")[1].split(" ends with entry ")
            heads[zone] = int(number.split(",")[0])
        return sum(heads.values())


if __name__ == "__main__":
    labtest.main()
