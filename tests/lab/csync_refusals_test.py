#!/usr/bin/python3 -B
"""Each refusal of CSYNC, provoked on real name servers (decision rows 42 to 49 and edge cases 84 to
100 of standards.md, in brackets in each name).

One child on two NSD servers, which may differ: its zone is made anew for each case, and `explain`
says what would come of it. A few cases want time or another state of the parent, and one wants a
zone that never stands still, which Knot DNS has.
"""

import contextlib
import subprocess
import threading
import unittest
from dataclasses import dataclass, field, replace

import dns.flags
import dns.query
import dns.rdatatype
import dns.tsigkeyring
import dns.update

import labtest
import signing
from labtest import (LAB, PARENT, PARENT2, Dskeeper, Server, ask, configure, records, set_ds,
                     wait_until)

CHILD = "silent.example."
NS1, NS2, NS3 = (f"ns{i}.{CHILD}" for i in (1, 2, 3))
FIRST, SECOND = ("127.0.5.1", "fd00::501"), ("127.0.5.2", "fd00::502")
NSD = {"nsd1": FIRST[0], "nsd2": SECOND[0]}
STANDING = {NS1: FIRST, NS2: SECOND}
SWAPPED = {NS1: SECOND, NS2: FIRST}
KNOT_CHILD, KNOT = "move.slow.", "127.0.3.1"


@dataclass(frozen=True)
class Zone:
    """What one server has; without a CSYNC record it asks for nothing."""
    csync: tuple = ()
    hosts: dict = field(default_factory=lambda: SWAPPED)
    ns: tuple = (NS1, NS2)
    serial: int = 10
    more: tuple = ()
    asks_for_new_key: bool = False  # CDS and CDNSKEY of one more key, which is in the DNSKEY set
    stale: str = ""  # the signatures over this type have run out

    def text(self, marker):
        lines = [f"{CHILD} 2 IN SOA {NS1} hostmaster.{CHILD} {self.serial} 1 1 86400 1",
                 f"marker.{CHILD} 2 IN TXT {marker}", f"www.{CHILD} 2 IN A 192.0.2.80"]
        lines += [f"{CHILD} 2 IN NS {host}" for host in self.ns]
        lines += [f"{CHILD} 2 IN CSYNC {record}" for record in self.csync]
        lines += [f"{host} 2 IN {'AAAA' if ':' in address else 'A'} {address}"
                  for host, addresses in self.hosts.items() for address in addresses]
        return "\n".join([*lines, *self.more]) + "\n"


ALL = "NS A AAAA"
ASKING = Zone(csync=(f"0 1 {ALL}",))
HIDDEN = tuple(f"{host} 2 IN TXT here" for host in (NS1, NS2))


def asking(*records, **changes):
    return Zone(csync=records, **changes)


@dataclass(frozen=True)
class Case:
    name: str
    zone: Zone
    outcome: str
    code: str = ""  # a finding that must be there
    second: Zone = None  # what the other server has instead


# Row 47 needs an apex without NS records, which Knot DNS and BIND do not load: NSD does.
CASES = [
    Case("all is as it should be [42]", ASKING, "accept"),
    Case("without the flag immediate [43]", asking(f"0 0 {ALL}"), "hold", "csync-waits-for-person"),
    Case("a flag that nobody has defined [44, 84]", asking("0 5 A"), "refuse",
         "csync-flags-unknown"),
    Case("two records [44]", asking("0 1 A", "0 1 AAAA"), "refuse", "csync-not-single"),
    Case("a type that is not copied [44, 85]", asking("0 1 NS MX"), "refuse",
         "csync-types-unsupported"),
    Case("DS is never copied [86]", asking("0 1 NS DS"), "refuse", "csync-types-unsupported"),
    Case("CDS is never copied [86]", asking("0 1 NS CDS"), "refuse", "csync-types-unsupported"),
    Case("one server's zone is too old [45]", asking("10 3 A"), "retry", "csync-serial-too-low",
         second=asking("10 3 A", serial=9)),
    Case("every server's zone is too old [45]", asking("11 3 A"), "refuse", "csync-serial-too-low"),
    Case("the NS sets differ [46]", ASKING, "retry", "csync-data-differ",
         second=replace(ASKING, ns=(NS1, NS2, "ns1.nsd.op."))),
    Case("the addresses differ [46]", ASKING, "retry", "csync-data-differ",
         second=replace(ASKING, hosts=STANDING)),
    Case("no NS records [47]", asking("0 1 NS", ns=()), "refuse", "csync-ns-empty"),
    Case("a host that would lose its last address [48, 93]",
         asking(f"0 1 {ALL}", hosts={NS2: SECOND}, more=HIDDEN), "refuse",
         "csync-host-without-glue"),
    Case("a DS set is asked for as well [49]", replace(ASKING, asks_for_new_key=True), "hold",
         "csync-after-ds"),
    Case("a serial that wrapped around [87]", asking("4294967290 3 A", serial=5), "accept"),
    Case("serials without order [88]", asking("2147483649 3 A", serial=1), "refuse",
         "csync-serials-unordered"),
    Case("without soaminimum the serial is ignored [90]", asking("11 1 A"), "accept"),
    Case("a new host without glue at the parent [91]",
         asking("0 1 NS", hosts=STANDING | {NS3: FIRST}, ns=(NS1, NS2, NS3)), "refuse",
         "csync-host-without-glue"),
    Case("a family that is proven absent goes [92]",
         asking("0 1 AAAA", hosts={NS1: FIRST[:1], NS2: SECOND[:1]}), "accept"),
    Case("servers that do not know the zone [95]",
         asking("0 1 NS", ns=("ns1.knot.op.", "ns2.knot.op.")), "refuse", "csync-server-lame"),
    Case("fewer servers than the policy wants [96]", asking("0 1 NS", ns=(NS1,)), "refuse",
         "csync-too-few-servers"),
    Case("one server has no record [97]", ASKING, "retry", "type-not-everywhere", second=Zone()),
    Case("soaminimum differs, and both permit [98]", asking("10 3 A"), "accept",
         second=asking("0 1 A")),
    Case("immediate differs [9975-20]", asking("0 1 A"), "retry", "servers-differ",
         second=asking("0 0 A")),
    Case("a private address [99]", asking("0 1 A", hosts=STANDING | {NS1: ("10.0.0.1",)}), "refuse",
         "csync-server-not-permitted"),
    Case("a new host at a private address [99]",
         asking("0 1 NS A", hosts=STANDING | {NS3: ("10.0.0.1",)}, ns=(NS1, NS2, NS3)), "refuse",
         "csync-server-not-permitted"),
    Case("an address in a zone below [7477-10]",
         asking("0 1 NS A", ns=(NS1, f"ns.sub.{CHILD}"),
                more=(f"sub.{CHILD} 2 IN NS ns.sub.{CHILD}", f"ns.sub.{CHILD} 2 IN A 127.0.5.1")),
         "refuse", "csync-in-grandchild"),
    Case("a host that does not exist [7477-9]", asking("0 1 NS A", ns=(NS1, NS2, NS3)), "refuse",
         "csync-host-unusable"),
    Case("a signature that has run out [7477-1]", replace(ASKING, stale="CSYNC"), "refuse",
         "signature-expired"),
]


class Publisher:
    """Makes the child's zone, and waits until its servers have it."""

    def __init__(self):
        self.keys = signing.Keys(str(LAB / "keys" / "refusals"), CHILD, "ECDSAP256SHA256")
        self.made = 0

    def sign(self, zone):
        keys = [self.keys.ksk, self.keys.zsk]
        text = zone.text(self.made)
        if zone.asks_for_new_key:
            keys.append(self.keys.new)
            text += "".join(f"{CHILD} {record}\n" for record in self.keys.new.asking())
        signed = signing.keep(signing.sign_text(CHILD, text, keys), signing.usual(keys))
        if zone.stale:
            past = signing.keep(signing.sign_text(CHILD, text, keys, start=-3 * signing.DAY,
                                                  end=-signing.DAY), signing.usual(keys))
            old = past.find_rdataset(CHILD, dns.rdatatype.RRSIG,
                                     dns.rdatatype.from_text(zone.stale))
            signed.replace_rdataset(CHILD, old)
        return signed

    def publish(self, first, second=None):
        self.made += 1
        signed = [self.sign(first)]
        signed.append(self.sign(second) if second else signed[0])
        for server, zone in zip(NSD, signed):
            zone.to_file(str(LAB / server / "zones" / f"{CHILD}zone"), sorted=True,
                         relativize=False)
            Server(server).reload()
        for address in NSD.values():
            wait_until("NSD has the zone", 30, self.has_marker, address)

    def has_marker(self, address):
        answer = ask(address, f"marker.{CHILD}", "TXT", flags=0)
        return answer is not None and any(
            record.strings[0] == str(self.made).encode() for rrset in answer.answer
            if rrset.rdtype == dns.rdatatype.TXT for record in rrset)


def codes(case):
    return [finding["code"] for finding in case["findings"]]


def delegate(*ds):
    """Sets the child's DS, and waits until no server of the parent has another one."""
    set_ds(CHILD, *ds)
    wait_until("the parent's secondary has it", 30,
               lambda: records(PARENT2, CHILD, "DS") == frozenset(ds))


def update_parent(zone, *edits):
    """As the registry's own hand: ("replace", "kid.example.", "NS", "ns1.op.", …)."""
    secret = (LAB / "keys" / "update.key").read_text().strip()
    update = dns.update.UpdateMessage(zone, keyring=dns.tsigkeyring.from_text({"update.": secret}),
                                      keyalgorithm="hmac-sha256")
    for owner, rdtype, *records in edits:
        update.delete(owner, rdtype)
        for record in records:
            update.add(owner, 5, rdtype, record)
    answer = dns.query.tcp(update, PARENT, timeout=10)
    assert answer.rcode() == 0, answer


class Refusals(unittest.TestCase):
    """In the order of their names; each leaves the parent as it was."""

    @classmethod
    def setUpClass(cls):
        cls.publisher = Publisher()
        cls.publisher.publish(Zone())
        delegate(cls.publisher.keys.ksk.ds())
        cls.memoryless = Dskeeper(configure("memoryless"))

    def explain(self, dskeeper=None, child=CHILD):
        done = (dskeeper or self.memoryless).run("explain", "--json", child, check=True)
        return labtest.json.loads(done.stdout)

    def scan(self, dskeeper):
        cases = dskeeper.json_lines("scan", "--json", CHILD)
        return next(case for case in cases if case["child"] == CHILD)

    def check(self, case, outcome, code=""):
        self.assertEqual(case["csync"]["outcome"], outcome, case)
        if code:
            self.assertIn(code, codes(case))

    def test_1_what_the_zone_says(self):
        for case in CASES:
            with self.subTest(case.name):
                self.publisher.publish(case.zone, case.second)
                self.check(self.explain(), case.outcome, case.code)

    def test_2_glue_is_shown_as_it_would_stand(self):
        self.publisher.publish(asking("0 1 AAAA", hosts={NS1: FIRST[:1], NS2: SECOND[:1]}))
        self.assertEqual(self.explain()["csync"]["glue"], [f"{NS1} {FIRST[0]}", f"{NS2} {SECOND[0]}"])

    def test_3_a_private_address_of_a_family_that_is_switched_off(self):
        """[18-6] The parent would publish it, whether it can be asked from here or not."""
        dskeeper = Dskeeper(configure("fourth", families=("[scan]", '[scan]\nfamilies = ["ipv4"]')))
        self.publisher.publish(asking("0 1 AAAA", hosts=STANDING | {NS1: (FIRST[0], "fe80::1")}))
        self.check(self.explain(dskeeper), "refuse", "csync-server-not-permitted")

    def test_3_a_type_that_the_policy_does_not_copy(self):
        dskeeper = Dskeeper(configure("names", policy=("[policy.lab]",
                                                       '[policy.lab]\ncsync = ["ns"]')))
        self.publisher.publish(ASKING)
        self.check(self.explain(dskeeper), "refuse", "csync-types-off")

    def test_3_a_server_that_is_silent(self):
        self.publisher.publish(ASKING)
        Server("nsd2").down()
        self.addCleanup(Server("nsd2").up)
        self.check(self.explain(), "retry", "server-silent")

    def test_4_name_servers_outside_have_no_glue(self):
        """[94]"""
        outside = ("ns1.nsd.op.", "ns2.nsd.op.")
        self.publisher.publish(asking("0 1 A AAAA", hosts=STANDING, ns=outside))
        update_parent("example.", (CHILD, "NS", *outside))
        self.addCleanup(update_parent, "example.", (CHILD, "NS", NS1, NS2))
        self.check(self.explain(), "in-sync")

    def test_4_glue_that_others_use(self):
        """Approval is asked for it, and it is never removed (issue 7)."""
        self.publisher.publish(ASKING)
        update_parent("example.", ("guest.example.", "NS", NS1))
        self.addCleanup(update_parent, "example.", ("guest.example.", "NS"))
        case = self.explain()
        self.check(case, "hold", "csync-waits-for-person")
        self.assertIn("csync-glue-shared", codes(case))

    def test_4_without_a_ds_set(self):
        """[100] It was there a moment ago."""
        self.publisher.publish(ASKING)
        self.check(self.explain(), "accept")
        delegate()
        self.addCleanup(delegate, self.publisher.keys.ksk.ds())
        self.check(self.explain(), "idle")

    def test_5_serials_that_went_back(self):
        """[7477-7] Of the zone always, of the record with soaminimum only [7477-6]."""
        dskeeper = Dskeeper(configure("serials", sink=SHOWN))
        steps = [(asking(f"6 2 {ALL}", serial=10), "hold", "csync-waits-for-person"),
                 (asking(f"5 2 {ALL}", serial=10), "refuse", "csync-serial-went-back"),
                 (asking(f"5 0 {ALL}", serial=10), "hold", "csync-waits-for-person"),
                 (asking(f"0 0 {ALL}", serial=9), "refuse", "csync-serial-went-back"),
                 (asking(f"0 0 {ALL}", serial=11), "hold", "csync-waits-for-person")]
        for number, (zone, outcome, code) in enumerate(steps):
            with self.subTest(step=number):
                self.publisher.publish(zone)
                self.check(self.scan(dskeeper), outcome, code)

    def test_5_nobody_approves_in_time(self):
        dskeeper = Dskeeper(configure("expiry", sink=SHOWN, policy=(
            "[policy.lab]", '[policy.lab]\napproval-expires = "3s"')))
        self.publisher.publish(asking(f"6 2 {ALL}"))
        self.check(self.scan(dskeeper), "hold", "csync-waits-for-person")
        case = wait_until("the request has expired", 30, lambda: next(
            (case for case in [self.scan(dskeeper)] if "csync-expired" in codes(case)), None))
        self.check(case, "refuse")
        self.publisher.publish(asking(f"7 2 {ALL}"))
        self.check(self.scan(dskeeper), "hold", "csync-waits-for-person")

    def test_6_a_zone_that_changes_while_it_is_asked(self):
        """[89] Knot DNS signs a new version every few milliseconds."""
        knotc("zone-begin", KNOT_CHILD)
        knotc("zone-set", KNOT_CHILD, KNOT_CHILD, "1", "CSYNC", "0", "1", "NS")
        knotc("zone-unset", KNOT_CHILD, KNOT_CHILD, "NS", "ns2.knot.op.")
        knotc("zone-commit", KNOT_CHILD)
        wait_until("Knot has the record", 30, lambda: ask(KNOT, KNOT_CHILD, "CSYNC", flags=0).answer)
        dskeeper = Dskeeper(configure("one", zone=('zone    = "example."', 'zone    = "slow."'),
                                      policy=("[policy.lab]", "[policy.lab]\nns-min = 1")))
        wait_until("both servers have it", 30, lambda: self.explain(
            dskeeper, KNOT_CHILD)["csync"]["outcome"] == "accept")
        with Restless():
            case = wait_until("a look saw two serials", 30, lambda: next(
                (case for case in [self.explain(dskeeper, KNOT_CHILD)]
                 if "csync-zone-changed" in codes(case)), None))
        self.check(case, "retry")

    def test_7_a_server_with_other_keys(self):
        """[95] It knows the zone, and the DS set leads to none of its keys."""
        keys = signing.Keys(str(LAB / "keys" / "other"), KNOT_CHILD, "ECDSAP256SHA256")
        text = (f"{KNOT_CHILD} 2 IN SOA ns1.nsd.op. hostmaster.{KNOT_CHILD} 9 1 1 86400 1\n"
                f"{KNOT_CHILD} 2 IN NS ns1.nsd.op.\n{KNOT_CHILD} 2 IN NS ns2.nsd.op.\n")
        signed = signing.sign_text(KNOT_CHILD, text, [keys.ksk])
        for server, address in NSD.items():
            signed.to_file(str(LAB / server / "zones" / f"{KNOT_CHILD}zone"), relativize=False)
            Server(server).reload()
            wait_until("NSD has the zone", 30,
                       lambda: getattr(ask(address, KNOT_CHILD, "SOA", flags=0), "answer", None))
        knotc("zone-begin", KNOT_CHILD)
        knotc("zone-unset", KNOT_CHILD, KNOT_CHILD, "NS")
        for host in ("ns1.nsd.op.", "ns2.nsd.op."):
            knotc("zone-set", KNOT_CHILD, KNOT_CHILD, "2", "NS", host)
        knotc("zone-commit", KNOT_CHILD)
        dskeeper = Dskeeper(LAB / "slow.toml")
        case = wait_until("both servers of Knot have the new NS set", 30, lambda: next(
            (case for case in [self.explain(dskeeper, KNOT_CHILD)]
             if case["csync"]["outcome"] == "refuse"), None))
        self.check(case, "refuse", "csync-server-breaks")


    def test_8_a_zone_that_is_made_from_files(self):
        """The change goes into the file with delegations, which the zone includes."""
        dskeeper = Dskeeper(configure("files", sink=(SHOWN[0], "sink    = { zone-file = "
                                                     '"delegations.zone", content = "delegations" }')))
        self.publisher.publish(ASKING)
        self.check(self.scan(dskeeper), "accept")
        text = (LAB / "delegations.zone").read_text()
        self.assertIn(f"; ahead of the source {CHILD} says NS {NS1} ", text)
        self.assertIn(f"{NS1} 3600 IN A {SECOND[0]}\n", text)
        (LAB / "including").write_text(
            f"@ 60 SOA ns1.op. hostmaster.op. 1 60 60 60 60\n@ 60 NS ns1.op.\n{text}")
        subprocess.run(["kzonecheck", "-o", "example.", LAB / "including"], check=True)
        self.assertEqual(dskeeper.case(CHILD)["change"]["state"], "sent")


# What is accepted goes nowhere.
SHOWN = ('sink    = { dns-update = "127.0.2.1", key = "update." }', "sink    = { none = true }")


def knotc(*arguments):
    subprocess.run([LAB / "knot1" / "ctl", *arguments], check=True, text=True, capture_output=True)


class Restless:
    """Gives the zone at Knot a new serial again and again, as fast as it takes them."""

    def __enter__(self):
        self.control = subprocess.Popen([LAB / "knot1" / "ctl"], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.DEVNULL)
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def __exit__(self, *_):
        self.control.kill()
        self.control.wait()
        self.thread.join()
        with contextlib.suppress(BrokenPipeError):
            self.control.stdin.close()
        # The last transaction may be open still.
        with contextlib.suppress(subprocess.CalledProcessError):
            knotc("zone-abort", KNOT_CHILD)

    def run(self):
        with contextlib.suppress(BrokenPipeError):
            for number in range(1 << 20):
                self.control.stdin.write(
                    f"zone-begin {KNOT_CHILD}\n"
                    f"zone-set {KNOT_CHILD} n{number}.{KNOT_CHILD} 2 TXT x\n"
                    f"zone-commit {KNOT_CHILD}\n")


if __name__ == "__main__":
    labtest.main()
