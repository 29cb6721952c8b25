#!/usr/bin/python3 -B
"""The operator's hand, the breaker, and what others do to the parent zone, on real name servers.

Each test has a store of its own, so that what one of them does is new to the next.
"""

import time
import unittest

import dns.rdatatype
import labtest
from labtest import LAB, PARENT, Dskeeper, Server, ask, configure, ds_at_parent, is_secure, records
from labtest import set_ds, wait_until
from offline import SERVERS, OfflineChild

TTLS = "ds-ttl      = {"
BREAKER = ("breaker = { change-share = 0.0, change-min = 1, operator-share = 0.0, operator-min = 1,"
           " delete-share = 0.01, delete-min = 20 }\n")
NORMAL_TTL = 7  # a first DS has 1 s
REASON = "the registrar asked for it"


def ds_ttl(child):
    answer = ask(PARENT, child, "DS")
    return next((rrset.ttl for rrset in answer.answer if rrset.rdtype == dns.rdatatype.DS), None)


class Acts(unittest.TestCase):
    def test_suspend_and_resume(self):
        dskeeper, child = Dskeeper(configure("acts")), OfflineChild("insync")
        standing = ds_at_parent(child.zone)
        child.add_key()
        child.ask_for(1)
        said = dskeeper.run("suspend", child.zone, "--reason", REASON, check=True).stdout
        self.assertIn("the next scan or serve obeys", said)
        dskeeper.run("scan", child.zone, check=True)
        self.assertEqual(dskeeper.outcome(child.zone), "suspended")
        self.assertEqual(ds_at_parent(child.zone), standing)
        acts = [entry for entry in dskeeper.history(child.zone) if entry["kind"] == "act"]
        self.assertEqual(len(acts), 1, acts)
        self.assertIn(REASON, acts[0]["summary"])
        self.assertIn("root", acts[0]["summary"] + str(acts[0]["details"]))
        dskeeper.run("resume", child.zone, check=True)
        self.assertIn("resume by", dskeeper.run("status", child.zone, check=True).stdout)
        dskeeper.run("scan", child.zone, check=True)
        self.assertEqual(ds_at_parent(child.zone), child.asked)

    def test_serve_obeys_before_it_sends(self):
        dskeeper, child = Dskeeper(configure("obeys")), OfflineChild("silent3")
        standing = ds_at_parent(child.zone)
        self.addCleanup(dskeeper.end)
        dskeeper.start()
        wait_until("a first pass", 60, lambda: "pass-ended" in dskeeper.log())
        said = dskeeper.run("suspend", child.zone, "--reason", REASON, check=True).stdout
        self.assertIn("the dskeeper that works on the zone obeys", said)
        wait_until("serve obeys", 30, lambda: dskeeper.outcome(child.zone) == "suspended")
        child.add_key()
        child.ask_for(1)
        passes = dskeeper.log().count("pass-ended")
        wait_until("three passes", 60,
                   lambda: dskeeper.log().count("pass-ended") >= passes + 3)
        self.assertEqual(ds_at_parent(child.zone), standing)
        dskeeper.run("resume", child.zone, check=True)
        wait_until("the change is applied", 60, lambda: ds_at_parent(child.zone) == child.asked)
        self.assertEqual(dskeeper.end(), 0)

    def test_approve_lets_a_held_request_go_on(self):
        dskeeper, child = Dskeeper(configure("approve", hold=(
            'hold        = "10s"', 'hold        = "5d"'))), "first2.example."
        self.addCleanup(dskeeper.end)
        wait_until(f"{child} asks", 60, lambda: (
            dskeeper.run("scan", child, check=True), dskeeper.outcome(child) == "hold")[1])
        request = dskeeper.case(child)["request_id"]
        self.assertIn(request, dskeeper.run("status", child, check=True).stdout)
        wrong = dskeeper.run("approve", child, "--request", "0" * 64)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn(request, wrong.stderr)
        dskeeper.run("approve", child, "--request", request, check=True)
        dskeeper.run("scan", child, check=True)
        self.assertTrue(ds_at_parent(child))
        wait_until(f"{child} is secure", 60, lambda: is_secure(child))


class Breaker(unittest.TestCase):
    def test_trips_survives_and_is_resumed(self):
        dskeeper = Dskeeper(configure("breaker", policy=(TTLS, BREAKER + TTLS)))
        children = [OfflineChild(label) for label in ("insync", "silent", "silent3")]
        standing = {child.zone: ds_at_parent(child.zone) for child in children}
        for child in children:
            # Its other key: which one that is depends on the tests before.
            child.add_key()
            child.ask_for(len(child.ksks) - 1)
        done = dskeeper.run("scan")
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn("a breaker has tripped", done.stderr)
        changed = [child for child in children if ds_at_parent(child.zone) == child.asked]
        # The first stands, the one that crosses waits; queued in one millisecond, both wait.
        self.assertLessEqual(len(changed), 1)
        for _ in range(2):  # another process: it is not forgotten
            self.assertEqual(dskeeper.run("scan").returncode, 1)
        breakers = dskeeper.json_lines("status", "--json")[0]["breakers"]
        self.assertTrue(breakers)
        self.assertEqual({breaker["kind"] for breaker in breakers}, {"update"})
        self.assertIn("resume --breaker", dskeeper.run("status", check=True).stdout)
        waiting = [child for child in children if child not in changed]
        for child in waiting:
            self.assertEqual(ds_at_parent(child.zone), standing[child.zone])
            codes = [finding["code"] for finding in dskeeper.case(child.zone)["findings"]]
            self.assertIn("breaker-open", codes, dskeeper.case(child.zone))
        dskeeper.run("resume", "--breaker", "example.", check=True)
        # Counting begins anew, so that one more may pass at a time.
        for _ in waiting:
            dskeeper.run("scan")
            dskeeper.run("resume", "--breaker", "example.", check=True)
        for child in waiting:
            wait_until(f"{child.zone} has its DS", 60, lambda child=child: (
                dskeeper.run("scan", child.zone), ds_at_parent(child.zone) == child.asked)[1])


class OutOfBand(unittest.TestCase):
    def test_a_removal_past_dskeeper_suspends_a_child_that_never_asked(self):
        child = "silent.example."
        # Whatever a test before this one has left it asking for.
        Dskeeper(configure("settled")).run("scan", child, check=True)
        dskeeper = Dskeeper(configure("removal"))
        dskeeper.run("scan", check=True)
        # All that the next process can know of it is that it was secure.
        self.assertIsNone(dskeeper.case(child))
        set_ds(child)
        dskeeper.run("scan", check=True)
        self.assertEqual(dskeeper.outcome(child), "suspended")
        self.assertEqual(ds_at_parent(child), frozenset())


class Replay(unittest.TestCase):
    def test_a_set_that_nobody_looked_at_is_not_accepted_later(self):
        """RFC 7344 §6.2, for a child of which nothing is known but how new its records were."""
        dskeeper, child = Dskeeper(configure("replay")), OfflineChild("insync")
        child.add_key()
        child.ask_for(len(child.ksks) - 1)
        replayed = child.asked
        files = {name: LAB / name / "zones" / "insync.example.zone" for name in SERVERS}
        old = {name: path.read_bytes() for name, path in files.items()}
        time.sleep(1.1)  # signatures count in seconds
        child.ask_for(0)
        standing = ds_at_parent(child.zone)
        self.assertEqual(standing, child.asked)
        dskeeper.run("scan", child.zone, check=True)
        self.assertIsNone(dskeeper.case(child.zone), "it is at rest")
        for name, path in files.items():
            path.write_bytes(old[name])
            Server(name).reload()
        wait_until("all servers replay it", 60, lambda: all(
            records(address, child.zone, "CDS") == replayed for address in SERVERS.values()))
        dskeeper.run("scan", child.zone, check=True)
        self.assertEqual(dskeeper.outcome(child.zone), "refuse")
        self.assertIn("replayed", [finding["code"]
                                   for finding in dskeeper.case(child.zone)["findings"]])
        self.assertEqual(ds_at_parent(child.zone), standing)


class Ttl(unittest.TestCase):
    def test_the_low_ttl_of_a_first_ds_is_restored_across_restarts(self):
        child, dskeeper = "first.example.", Dskeeper(configure(
            "ttl", normal=('normal = "1s"', f'normal = "{NORMAL_TTL}s"')))
        self.addCleanup(dskeeper.end)
        dskeeper.start()
        wait_until(f"{child} has a DS", 90, lambda: ds_at_parent(child))
        self.assertEqual(ds_ttl(child), 1)
        wait_until("it is confirmed", 30, lambda: (dskeeper.case(child)["change"] or {}).get(
            "state") == "confirmed")
        dskeeper.end()
        dskeeper.start()
        wait_until("the TTL is restored", 60, lambda: ds_ttl(child) == NORMAL_TTL)


class Vantages(unittest.TestCase):
    def test_two_vantage_points_must_agree(self):
        more = ('[[vantage]]\nname = "east"\nsource-addresses = ["127.0.2.1", "fd00::201"]\n\n'
                '[[vantage]]\nname = "west"\nsource-addresses = ["127.0.2.2", "fd00::202"]\n\n')
        dskeeper = Dskeeper(configure("vantages", more=("[[parent]]", more + "[[parent]]")))
        dskeeper.run("check", check=True)
        child = OfflineChild("insync")
        child.add_key()
        child.ask_for(len(child.ksks) - 1)
        dskeeper.run("scan", child.zone, check=True)
        self.assertEqual(ds_at_parent(child.zone), child.asked)
        explained = dskeeper.run("explain", child.zone, check=True).stdout
        self.assertIn('asked from "east"', explained)
        self.assertIn('asked from "west"', explained)


if __name__ == "__main__":
    labtest.main()
