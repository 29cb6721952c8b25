#!/usr/bin/python3 -B
"""CSYNC (RFC 7477): a child moves from Knot to NSD, under other names and addresses, and is then
renumbered, all by records in its own zone. A resolver without a cache asks for it every 200 ms and
always has an answer; the lab's validator never finds it bogus.
"""

import random
import re
import subprocess
import threading
import time
import unittest

import dns.query
import dns.rcode
import dns.rdatatype
import dns.zone

import labtest
from labtest import LAB, PARENT, PARENT2, Dskeeper, Server, ask, wait_until
from sampler import Sampler

ROOT_SERVER = "127.0.1.1"
CHILD = "move.slow."
KNOT = {"knot1": "127.0.3.1", "knot2": "127.0.3.2"}
NSD = {"nsd1": ("127.0.5.1", "fd00::501"), "nsd2": ("127.0.5.2", "fd00::502")}
PARENT_TTL_S = 5
INTERVAL_S = 0.2


class Iterator:
    """A resolver that remembers nothing: from the root down for each question, as one with an
    empty cache. Like any other it tries the next server when one does not answer."""

    def __init__(self, name):
        self.name, self.failures, self.asked = name, [], 0
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()

    def run(self):
        due = time.monotonic()
        while not self.stopped.wait(max(0.0, due - time.monotonic())):
            due = max(due + INTERVAL_S, time.monotonic())
            self.asked += 1
            if not self.resolve(self.name, "A"):
                self.failures.append(time.strftime("%H:%M:%S"))

    def resolve(self, name, rdtype):
        servers = [ROOT_SERVER]
        for _ in range(8):
            response = self.first_answer(servers, name, rdtype)
            if response is None:
                return None
            for rrset in response.answer:
                if rrset.rdtype == dns.rdatatype.from_text(rdtype):
                    return [record.to_text() for record in rrset]
            servers = self.referred_to(response)
        return None

    @staticmethod
    def first_answer(servers, name, rdtype):
        random.shuffle(servers)
        for server in servers:
            answer = ask(server, name, rdtype, timeout=1.0, flags=0)
            if answer is not None and answer.rcode() == dns.rcode.NOERROR:
                return answer
        return None

    def referred_to(self, response):
        hosts = [record.target.to_text() for rrset in response.authority
                 if rrset.rdtype == dns.rdatatype.NS for record in rrset]
        glue = [record.address for rrset in response.additional
                if rrset.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA) for record in rrset]
        return glue or [address for host in hosts for address in self.resolve(host, "A") or []]


def knotc(server, *arguments):
    return subprocess.run([LAB / server / "ctl", *arguments], check=True, text=True,
                          capture_output=True).stdout


def serial(address):
    answer = ask(address, CHILD, "SOA", flags=0)
    if answer is None or not answer.answer:
        return None
    return answer.answer[0][0].serial


def change_zone(*edits):
    """Of the zone at Knot, in one step; both of its servers have it then."""
    before = serial(KNOT["knot1"])
    knotc("knot1", "zone-begin", CHILD)
    for edit in edits:
        words = edit.split()
        knotc("knot1", words[0], CHILD, *words[1:])
    knotc("knot1", "zone-commit", CHILD)
    wait_until("Knot has the new zone", 30, lambda: serial(KNOT["knot1"]) not in (None, before))
    wait_until("both servers of Knot have it", 30,
               lambda: serial(KNOT["knot1"]) == serial(KNOT["knot2"]))


def copy_to_nsd():
    """As a new operator who has the zone with its signatures: a copy of what Knot has."""
    transfer = dns.query.xfr(KNOT["knot1"], CHILD, relativize=False, source=KNOT["knot2"])
    zone = dns.zone.from_xfr(transfer, relativize=False)
    for server in NSD:
        zone.to_file(str(LAB / server / "zones" / "move.slow.zone"), sorted=True, relativize=False)
        Server(server).reload()
    for addresses in NSD.values():
        wait_until("NSD has the zone", 30, lambda: serial(addresses[0]) == serial(KNOT["knot1"]))


def referral(parent):
    """What a server of the parent zone says: {host: addresses}."""
    answer = ask(parent, CHILD, "NS", flags=0)
    if answer is None:
        return None
    hosts = {record.target.to_text(): set() for rrset in answer.authority
             if rrset.rdtype == dns.rdatatype.NS for record in rrset}
    for rrset in answer.additional:
        if rrset.name.to_text() in hosts:
            hosts[rrset.name.to_text()] |= {record.to_text() for record in rrset}
    return hosts


def glue(first, second):
    return {f"ns1.{CHILD}": set(NSD[first]), f"ns2.{CHILD}": set(NSD[second])}


def addresses(first, second):
    edits = []
    for host, (v4, v6) in zip(("ns1", "ns2"), (NSD[first], NSD[second])):
        edits += [f"zone-set {host}.{CHILD} 2 A {v4}", f"zone-set {host}.{CHILD} 2 AAAA {v6}"]
    return edits


class Csync(unittest.TestCase):
    """In the order of their names: one story."""

    @classmethod
    def setUpClass(cls):
        cls.dskeeper = Dskeeper(LAB / "slow.toml")
        cls.sampler = Sampler([CHILD])
        cls.iterator = Iterator(f"www.{CHILD}")
        cls.sampler.__enter__()
        cls.iterator.__enter__()
        cls.addClassCleanup(cls.sampler.__exit__)
        cls.addClassCleanup(cls.iterator.__exit__)
        wait_until("both have begun", 30,
                   lambda: cls.sampler.has_begun() and cls.iterator.asked > 0)

    def scan(self):
        """The case after one pass."""
        cases = self.dskeeper.json_lines("scan", "--json", CHILD)
        return next(case for case in cases if case["child"] == CHILD)

    def codes(self, case):
        return [finding["code"] for finding in case["findings"]]

    def assert_parents_have(self, wanted):
        for parent in (PARENT, PARENT2):
            wait_until(f"{parent} has {wanted}", 30, lambda: referral(parent) == wanted)

    def test_1_nothing_is_asked_at_first(self):
        case = self.scan()
        self.assertEqual((case["outcome"], case["csync"]["outcome"]), ("idle", "idle"))

    def test_2_servers_that_do_not_serve_the_child_are_refused(self):
        change_zone(f"zone-unset {CHILD} NS", f"zone-set {CHILD} 2 NS ns1.{CHILD}",
                    f"zone-set {CHILD} 2 NS ns2.{CHILD}", *addresses("nsd1", "nsd2"),
                    f"zone-set {CHILD} 1 CSYNC 0 1 NS A AAAA")
        case = self.scan()
        self.assertEqual(case["csync"]["outcome"], "refuse", case)
        self.assertIn("csync-server-lame", self.codes(case))
        self.assertNotIn(f"ns1.{CHILD}", referral(PARENT))

    def test_3_the_child_moves_to_other_servers(self):
        copy_to_nsd()
        case = self.scan()
        self.assertEqual(case["csync"]["outcome"], "accept", case)
        self.assertEqual(case["csync"]["ns"], [f"ns1.{CHILD}", f"ns2.{CHILD}"])
        self.assertIn("csync-none-remains", self.codes(case))
        self.assert_parents_have(glue("nsd1", "nsd2"))
        explained = self.dskeeper.run("explain", CHILD, check=True).stdout
        self.assertIn("0 1 A NS AAAA", explained)
        self.assertIn("The name servers and glue are as the child's CSYNC record asks.", explained)
        told = " ".join(entry["summary"] for entry in self.dskeeper.history(CHILD))
        self.assertIn("A change of name servers or glue is accepted", told)
        self.assertIn("The change stands in the parent zone.", told)

    def test_4_glue_is_renumbered_when_a_person_approves(self):
        change_zone(f"zone-unset ns1.{CHILD}", f"zone-unset ns2.{CHILD}",
                    *addresses("nsd2", "nsd1"), f"zone-unset {CHILD} CSYNC",
                    f"zone-set {CHILD} 1 CSYNC 1 0 A AAAA")
        copy_to_nsd()
        case = self.scan()
        self.assertEqual(case["csync"]["outcome"], "hold", case)
        self.assertIn("csync-waits-for-person", self.codes(case))
        self.assertEqual(referral(PARENT), glue("nsd1", "nsd2"))
        self.dskeeper.run("approve", CHILD, "--request", case["csync"]["request_id"], check=True)
        self.assertEqual(self.scan()["csync"]["outcome"], "accept")
        self.assert_parents_have(glue("nsd2", "nsd1"))

    def test_5_the_old_servers_can_go(self):
        moved_at = time.monotonic()
        # RFC 7477 §4.3: until the TTL of the parent's NS set is over they are still known.
        wait_until("caches have lost the old name servers", 30,
                   lambda: time.monotonic() > moved_at + PARENT_TTL_S + 1)
        for server in KNOT:
            Server(server).down()
        asked = self.iterator.asked
        wait_until("it was asked for without them", 30, lambda: self.iterator.asked >= asked + 10)
        self.assertEqual(self.scan()["csync"]["outcome"], "in-sync")

    def test_6_nobody_noticed(self):
        self.assertEqual(self.iterator.failures, [], f"of {self.iterator.asked} questions")
        self.assertGreater(self.iterator.asked, 30)
        self.sampler.check(self)

    def test_7_the_evidence_bears_it_out(self):
        done = self.dskeeper.run("audit")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertTrue(re.search(r"\d", done.stdout), done.stdout)


if __name__ == "__main__":
    labtest.main()
