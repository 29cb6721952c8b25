#!/usr/bin/python3 -B
"""NOTIFY from the child's side (issue 6): the discovery of RFC 9859 §4.1 against real zones, waiting,
sending, and the hooks of Knot DNS and BIND 9. A few lines of Python take the NOTIFY.
"""

import json
import os
import socket
import subprocess
import threading
import unittest

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rdatatype

import labtest
from labtest import DSKEEPER, LAB, PARENT, PARENT2, ROOT, Server, wait_until

TARGET, PORT = "ns1.op.", 5359  # the host of the parent's primary; its port is free
ROOT_SERVER, KNOT = "127.0.1.1", "127.0.3.1"


def dsync(rrtype="CDS", port=PORT, scheme=1, target=TARGET):
    """A record in the form that every server reads (RFC 3597)."""
    rdata = dns.rdatatype.from_text(rrtype).to_bytes(2, "big") + bytes([scheme])
    rdata += port.to_bytes(2, "big") + dns.name.from_text(target).to_wire()
    return f"\\# {len(rdata)} {rdata.hex()}"


ZONES = {  # server: zone: owner: records
    "parent": {
        "example.": {"*._dsync": [dsync(), dsync("CSYNC"), dsync("CDS", scheme=200, port=7),
                                  dsync("A", port=0)],
                     "insync._dsync": [dsync()]},
        "slow.": {"_dsync": [dsync()], "b._dsync": [dsync(port=7)]},
    },
    "root": {".": {"_dsync": [dsync()]}},
}


def control(server, *arguments):
    done = subprocess.run([LAB / server / "ctl", *arguments], text=True, capture_output=True)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(arguments)}: {done.stdout}{done.stderr}")
    return done.stdout


def publish(server, zone, records):
    control(server, "zone-begin", zone)
    for owner, rdatas in records.items():
        for rdata in rdatas:
            control(server, "zone-set", zone, owner, "1", "TYPE66", *rdata.split(" "))
    control(server, "zone-commit", zone)


class Receiver(threading.Thread):
    """Takes NOTIFY at the target and acknowledges it."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((PARENT, PORT))
        self.messages = []
        self.start()

    def run(self):
        while True:
            octets, sender = self.socket.recvfrom(4096)
            message = dns.message.from_wire(octets)
            self.messages.append(message)
            answer = dns.message.make_response(message)
            answer.flags |= dns.flags.AA
            self.socket.sendto(answer.to_wire(), sender)

    def count(self, child, rrtype="CDS"):
        name, wanted = dns.name.from_text(child), dns.rdatatype.from_text(rrtype)
        return sum(message.question[0].name == name and message.question[0].rdtype == wanted
                   for message in list(self.messages))


class Dsync(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.receiver = Receiver()
        cls.configuration = LAB / "sender.toml"
        cls.configuration.write_text((LAB / "dskeeper.toml").read_text()
                                     + '\n[sender]\ninterval = "2s"\nretries = 3\n')
        for server, zones in ZONES.items():
            for zone, records in zones.items():
                publish(server, zone, records)
        cls.own_zone()
        for address in (PARENT, PARENT2):
            for name in ("x._dsync.example.", "insync._dsync.example.", "_dsync.slow."):
                wait_until(f"{address} has {name}", 30, cls.is_there, address, name)
        wait_until("boot. is delegating", 30, lambda: all(
            labtest.ask(address, "_dsync.boot.", "NS").authority for address in (PARENT, PARENT2)))
        wait_until("the root has it", 30, cls.is_there, ROOT_SERVER, "_dsync.")
        wait_until("_dsync.boot. is served", 30, cls.is_there, KNOT, "_dsync.boot.")

    @staticmethod
    def is_there(address, name):
        answer = labtest.ask(address, name, "TYPE66")
        return answer is not None and any(rrset.rdtype == 66 for rrset in answer.answer)

    @classmethod
    def own_zone(cls):
        """`_dsync.boot.` as a zone of its own, on knot1 and without DNSSEC."""
        zone = LAB / "knot1" / "zones" / "_dsync.boot.zone"
        zone.write_text("_dsync.boot. 1 SOA ns1.knot.op. hostmaster.op. 1 60 60 9999 1\n"
                        "_dsync.boot. 1 NS ns1.knot.op.\n"
                        f"_dsync.boot. 1 TYPE66 {dsync()}\n")
        conf = LAB / "knot1" / "knot.conf"
        conf.write_text(conf.read_text() + f"  - domain: _dsync.boot.\n    file: {zone}\n")
        control("knot1", "reload")
        control("parent", "zone-begin", "boot.")
        control("parent", "zone-set", "boot.", "_dsync", "1", "NS", "ns1.knot.op.")
        control("parent", "zone-commit", "boot.")

    def notify(self, *arguments, status=0):
        done = subprocess.run([DSKEEPER, "-c", str(self.configuration), "notify", "--json",
                               *arguments], text=True, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return json.loads(done.stdout)

    # The table of standards.md §13.2: child, what is looked up with which outcome.
    DISCOVERY = {
        # the wildcard
        "roll.example.": [("roll._dsync.example.", "secure")],
        # the child's own
        "insync.example.": [("insync._dsync.example.", "secure")],
        # nested labels: the SOA of the denial tells how far up the parent is
        "a.b.example.": [("a._dsync.b.example.", "nxdomain"), ("a.b._dsync.example.", "secure")],
        "a.b.c.d.example.": [("a._dsync.b.c.d.example.", "nxdomain"),
                             ("a.b.c.d._dsync.example.", "secure")],
        # the catch-all
        "roll.slow.": [("roll._dsync.slow.", "nxdomain"), ("_dsync.slow.", "secure")],
        # edge case 114: b._dsync exists, and no wildcard speaks for what is below it
        "a.b.slow.": [("a._dsync.b.slow.", "nxdomain"), ("a.b._dsync.slow.", "nxdomain"),
                      ("_dsync.slow.", "secure")],
        # edge case 116: `_dsync` is a zone of its own, and not even signed
        "good.boot.": [("good._dsync.boot.", "nxdomain"), ("_dsync.boot.", "insecure")],
        "a.b.boot.": [("a._dsync.b.boot.", "nxdomain"), ("a.b._dsync.boot.", "nxdomain"),
                      ("_dsync.boot.", "insecure")],
        # edge case 115: children of the root
        "example.": [("example._dsync.", "nxdomain"), ("_dsync.", "secure")],
        "nowhere.": [("nowhere._dsync.", "nxdomain"), ("_dsync.", "secure")],
        "kid.nowhere.": [("kid._dsync.nowhere.", "nxdomain"), ("kid.nowhere._dsync.", "nxdomain"),
                         ("_dsync.", "secure")],
    }

    def test_discovery(self):
        for child, steps in self.DISCOVERY.items():
            with self.subTest(child=child):
                before = self.receiver.count(child)
                done = self.notify("--wait", "0s", "--force", child)
                self.assertEqual([(step["name"], step["status"]) for step in done["discovery"]],
                                 steps)
                self.assertEqual(done["target"], f"CDS NOTIFY {PORT} {TARGET}")
                self.assertEqual(done["outcome"], "acknowledged", done)
                self.assertEqual(self.receiver.count(child), before + 1)

    def test_denials_are_validated(self):
        for child, secure in [("a.b.slow.", [True, True, True]),
                              ("a.b.boot.", [True, False, False])]:
            with self.subTest(child=child):
                done = self.notify("--wait", "0s", "--force", child)
                self.assertEqual([step["validated"] for step in done["discovery"]], secure)

    def test_where_there_is_no_target_nothing_is_sent(self):
        cases = [
            ([], "nsd.op.", "announces nobody"),
            (["--csync"], "insync.example.", "for CSYNC"),  # edge case 113
            (["--csync"], "roll.slow.", "for CSYNC"),
            (["--secure-only"], "good.boot.", "not secured by DNSSEC"),
            ([], "x._signal.ns1.bad.op.", "bogus"),
        ]
        for options, child, words in cases:
            with self.subTest(child=child, options=options):
                done = self.notify("--wait", "0s", "--force", *options, child, status=1)
                self.assertEqual(done["outcome"], "not-sent")
                self.assertIn(words, done["reason"])
                self.assertEqual(self.receiver.count(child, "CSYNC"), 0)

    def test_csync_goes_where_csync_is_taken(self):
        self.assertEqual(self.notify("--csync", "--wait", "0s", "--force", "roll.example.")["target"],
                         f"CSYNC NOTIFY {PORT} {TARGET}")
        self.assertGreaterEqual(self.receiver.count("roll.example.", "CSYNC"), 1)

    def test_it_waits_for_all_servers(self):
        done = self.notify("--wait", "20s", "first.example.")
        self.assertEqual(done["outcome"], "acknowledged")
        self.assertEqual(len(done["servers"]), 4)
        split = self.notify("--wait", "1s", "split.example.", status=1)
        self.assertIn("not all public servers show the same CDS and CDNSKEY", split["reason"])
        self.assertEqual(self.receiver.count("split.example."), 0)
        lame = self.notify("--wait", "1s", "lame.example.", status=1)
        self.assertIn("REFUSED", lame["reason"])
        self.assertEqual(self.notify("--wait", "1s", "--anyway", "lame.example.")["outcome"],
                         "acknowledged")

    def test_a_zone_that_asks_for_nothing_is_not_notified_of(self):
        self.assertEqual(self.notify("silent.example.")["outcome"], "not-needed")
        self.assertEqual(self.receiver.count("silent.example."), 0)

    def test_the_agent_is_checked_first(self):
        for agent, sent in [("errors.ns1.knot.op.", True), ("ns2.knot.op.", True),
                            ("errors.knot.op.", False), ("errors.first.example.", False)]:
            with self.subTest(agent=agent):
                done = self.notify("--force", "--agent", agent, "first.example.")
                self.assertEqual(done["agent"], agent if sent else None)
                options = [option for option in self.receiver.messages[-1].options
                           if option.otype == 18]
                self.assertEqual(len(options), sent)
                if sent:
                    self.assertEqual(options[0].to_wire(), dns.name.from_text(agent).to_wire())
                else:
                    self.assertIn("left out as agent", "".join(done["remarks"]))

    def test_what_is_sent(self):
        self.notify("--force", "first.example.")
        message = self.receiver.messages[-1]
        self.assertEqual(message.opcode(), dns.opcode.NOTIFY)
        self.assertTrue(message.flags & dns.flags.AA)
        self.assertEqual(len(message.question), 1)

    def test_nobody_listens(self):
        publish("parent", "example.", {"leave._dsync": [dsync(port=9)]})
        for address in (PARENT, PARENT2):
            wait_until(f"{address} has the port", 30, lambda at=address: "00090" in str(
                labtest.ask(at, "leave._dsync.example.", "TYPE66").answer))
        done = self.notify("--force", "leave.example.", status=1)
        self.assertEqual(done["outcome"], "unanswered")
        self.assertIn("cannot be reached", done["reason"])

    def test_what_was_sent_was_sent_also_where_that_cannot_be_remembered(self):
        written = self.configuration.read_text()
        self.addCleanup(self.configuration.write_text, written)
        self.configuration.write_text(written + f'memory = "{LAB}/no-such-folder"\n')
        done = self.notify("--wait", "0s", "--force", "first.example.")
        self.assertEqual(done["outcome"], "acknowledged")
        self.assertIn("no-such-folder", " ".join(done["remarks"]))

    def hook(self, name, *arguments, environment=None):
        """Starts a hook; ended with all that it has started."""
        memory = LAB / f"memory-{name}"
        memory.mkdir()
        configuration = LAB / f"{name}.toml"
        primary = {"knot": KNOT, "bind": "127.0.4.1"}[name]
        configuration.write_text(self.configuration.read_text()
                                 + f'primary = "{primary}"\nmemory = "{memory}"\n')
        log = self.enterContext(open(LAB / "log" / f"hook-{name}.log", "w"))
        process = subprocess.Popen([ROOT / "hooks" / name, *arguments, DSKEEPER, "-c", configuration],
                                   stdout=log, stderr=log, start_new_session=True,
                                   env=os.environ | {"XDG_RUNTIME_DIR": str(LAB)} |
                                   (environment or {}))
        self.addCleanup(process.wait)
        self.addCleanup(os.killpg, process.pid, 9)

    def wait_for_another(self, child):
        before = self.receiver.count(child)
        wait_until(f"a rollover of {child} is notified of", 150,
                   lambda: self.receiver.count(child) > before)

    def test_bind_hook(self):
        self.hook("bind", LAB / "log" / "bind1.log")
        self.wait_for_another("rollbind.example.")

    def test_knot_hook(self):
        address = f"unix:path={LAB}/bus"
        bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address={address}"],
                               stderr=subprocess.DEVNULL)
        self.addCleanup(bus.wait)
        self.addCleanup(bus.kill)
        wait_until("the bus is there", 20, (LAB / "bus").exists)
        environment = {"DBUS_SYSTEM_BUS_ADDRESS": address}
        conf = LAB / "knot1" / "knot.conf"
        conf.write_text(conf.read_text().replace("server:\n",
                                                 "server:\n    dbus-event: zone-updated\n", 1))
        self.hook("knot", environment=environment)
        knot = Server("knot1")
        knot.down()
        os.environ.update(environment)
        self.addCleanup(os.environ.pop, "DBUS_SYSTEM_BUS_ADDRESS")
        knot.up()
        self.wait_for_another("roll.example.")


if __name__ == "__main__":
    labtest.main()
