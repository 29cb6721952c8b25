#!/usr/bin/python3 -B
"""`dskeeper signal` against Knot DNS and BIND 9: zone files, UPDATE, catalog, and what it says."""

import base64
import hashlib
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from clitest import DSKEEPER, wait_until

KNOT, BIND = "127.0.9.2", "127.0.9.3"
SECRET = "c2VjcmV0LW9mLXRoaXJ0eS10d28tb2N0ZXRzLS0tLS0="
KEY = "mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ=="
CDNSKEY = f"257 3 13 {KEY}"


def cds_of(zone):
    """Of the one key (RFC 4034 §5.1.4); BIND loads no zone whose CDS and DNSKEY differ."""
    rdata = bytes([1, 1, 3, 13]) + base64.b64decode(KEY)
    tag = sum(octet << 8 if i % 2 == 0 else octet for i, octet in enumerate(rdata))
    tag = (tag + (tag >> 16)) & 0xFFFF
    owner = b"".join(bytes([len(label)]) + label.encode() for label in zone.split(".")) + b"\0"
    return f"{tag} 13 2 {hashlib.sha256(owner + rdata).hexdigest().upper()}"


def asking(zone):
    return f"@ DNSKEY {CDNSKEY}\n@ CDS {cds_of(zone)}\n"


CDS = cds_of("kid.example")
HEAD = "$TTL 60\n@ SOA ns hostmaster 1 60 60 9999 60\n@ NS ns1.op.\n"
ZONES = {
    "kid.example": HEAD + "@ NS ns2.op.\n" + asking("kid.example") + f"@ CDNSKEY {CDNSKEY}\n",
    "one.example": HEAD + "@ NS ns9\nns9 A 192.0.2.9\n" + asking("one.example"),
    "nil.example": HEAD,
    "in.example": HEAD.replace("ns1.op.", "ns") + "ns A 192.0.2.8\n" + asking("in.example"),
    "cat.op": "$TTL 0\n@ SOA ns hostmaster 1 60 60 9999 60\n@ NS invalid.\nversion TXT \"2\"\n"
              "a.zones PTR kid.example.\nb.zones PTR one.example.\nc.zones PTR nil.example.\n",
    "_signal.ns1.op": HEAD,
    "_signal.ns2.op": HEAD,
}
KID = ["_dsboot.kid.example._signal.ns1.op. 3600 CDS " + CDS,
       "_dsboot.kid.example._signal.ns1.op. 3600 CDNSKEY " + CDNSKEY]


def knot_configuration(folder):
    zones = "".join(f"  - domain: {zone}\n    file: {zone}.zone\n    acl: all\n" for zone in ZONES)
    return f"""\
server:
    listen: {KNOT}@53
    rundir: {folder}
database:
    storage: {folder}
log:
  - target: stderr
    any: warning
key:
  - id: op.
    algorithm: hmac-sha256
    secret: {SECRET}
acl:
  - id: all
    key: op.
    action: [query, transfer, update]
template:
  - id: default
    storage: {folder}
    zonefile-sync: -1
zone:
{zones}"""


def bind_configuration(folder):
    zones = "".join(f'zone "{zone}" {{ type primary; file "{zone}.zone"; check-names ignore; '
                    'allow-update { key op.; }; allow-transfer { key op.; }; };\n' for zone in ZONES)
    return f"""\
key op. {{ algorithm hmac-sha256; secret "{SECRET}"; }};
options {{ directory "{folder}"; listen-on {{ {BIND}; }}; listen-on-v6 {{ none; }};
  pid-file none; lock-file none; session-keyfile none; managed-keys-directory "{folder}";
  recursion no; dnssec-validation no; notify no; }};
controls {{ }};
{zones}"""


class Server:
    """One name server with all zones, in a folder of its own."""

    def __init__(self, test, address):
        self.folder = Path(test.enterContext(tempfile.TemporaryDirectory(prefix="dskeeper-signal-")))
        for zone, text in ZONES.items():
            (self.folder / f"{zone}.zone").write_text(text)
        make = knot_configuration if address == KNOT else bind_configuration
        (self.folder / "conf").write_text(make(self.folder))
        program = ["knotd", "-c"] if address == KNOT else ["named", "-g", "-n", "1", "-c"]
        log = test.enterContext(open(self.folder / "log", "w"))
        process = subprocess.Popen([f"/usr/sbin/{program[0]}", *program[1:], self.folder / "conf"],
                                   stdout=log, stderr=log)
        test.addCleanup(process.wait)
        test.addCleanup(process.kill)
        self.address = address
        try:
            wait_until(f"{address} serves its zones", 15, self.is_up)
        except AssertionError as error:
            raise AssertionError((self.folder / "log").read_text()) from error

    def is_up(self):
        return all(self.ask(zone, "SOA") for zone in ZONES)

    def ask(self, name, rrtype):
        """The RDATA lines, sorted."""
        done = subprocess.run(["dig", f"@{self.address}", "+short", "+time=1", "+tries=1", "+norec",
                               name, rrtype], text=True, capture_output=True, check=False)
        return sorted(line for line in done.stdout.splitlines() if line and line[0] != ";")


class Signal(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        # BIND listens on addresses that an interface has.
        subprocess.run(["ip", "address", "add", f"{BIND}/32", "dev", "lo"], check=True)

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="dskeeper-cli-")))
        key = self.folder / "op.key"
        key.write_text(SECRET + "\n")
        key.chmod(0o600)

    def configure(self, address, more=""):
        (self.folder / "dskeeper.toml").write_text(
            '[[key]]\nname = "op."\nsecret-file = "op.key"\n'
            f'[signal]\nprimary = "{address}"\nkey = "op."\nhosts = ["ns1.op.", "ns2.op."]\n{more}')

    def signal(self, *arguments, status=0):
        done = subprocess.run([DSKEEPER, "signal", *arguments], text=True, capture_output=True,
                              timeout=60, stdin=subprocess.DEVNULL, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_without_a_configuration_it_prints_the_records(self):
        for address in (KNOT, BIND):
            with self.subTest(address=address):
                Server(self, address)
                done = self.signal("--primary", address, "--host", "ns1.op", "--host", "ns2.op",
                                   "kid.example", "in.example", "nil.example")
                other = [line.replace("ns1", "ns2") for line in KID]
                self.assertEqual(sorted(done.stdout.splitlines()), sorted(KID + other))
                self.assertIn("All name servers of in.example. lie inside it", done.stderr)
                self.assertIn("1 zone(s) signalled, 1 without CDS", done.stderr)

    def test_the_catalogs_zones_by_update_and_only_what_differs(self):
        for address in (KNOT, BIND):
            with self.subTest(address=address):
                server = Server(self, address)
                self.configure(address, f'catalog = "cat.op"\nupdate = "{address}"\n'
                                        'update-key = "op."\n')
                missing = self.signal("--check", status=1).stdout
                self.assertIn("put _dsboot.one.example._signal.ns1.op. CDS\n", missing)
                self.assertIn(" 5 RRset(s) changed", self.signal().stderr)
                name = "_dsboot.kid.example._signal.ns2.op"
                self.assertEqual(server.ask(name, "CDS"), [CDS[:-8] + " " + CDS[-8:]])
                self.assertEqual(len(server.ask(name, "CDNSKEY")), 1)
                self.assertEqual(self.signal("--check").stdout, "")
                serial = server.ask("_signal.ns1.op", "SOA")
                self.assertIn(" 0 RRset(s) changed", self.signal().stderr)
                self.assertEqual(server.ask("_signal.ns1.op", "SOA"), serial)

                # What is no zone of the catalog goes; what is merely not named stays.
                (self.folder / "zones").write_text("one.example\n")
                self.signal("--list", "zones")
                self.assertEqual(server.ask(name, "CDS"), [])
                self.assertEqual(len(server.ask("_dsboot.one.example._signal.ns1.op", "CDS")), 1)
                self.signal("kid.example")
                self.assertEqual(len(server.ask("_dsboot.one.example._signal.ns1.op", "CDS")), 1)
                self.assertEqual(len(server.ask(name, "CDS")), 1)

    def test_zone_files_are_written_whole_and_only_when_they_change(self):
        Server(self, KNOT)
        self.configure(KNOT, 'catalog = "cat.op"\ndirectory = "."\n')
        self.signal()
        path = self.folder / "_signal.ns1.op.zone"
        first = path.read_text()
        for line in KID + ["_dsboot.one.example._signal.ns1.op. 3600 CDS " + cds_of("one.example")]:
            self.assertIn(line + "\n", first)
        subprocess.run(["kzonecheck", "-o", "_signal.ns1.op", path], check=True)
        self.signal()
        self.assertEqual(path.read_text(), first)
        self.signal("--check")

        path.write_text(first.replace(CDS, CDS.replace(" 13 ", " 8 ")))
        self.assertIn("put _dsboot.kid.example._signal.ns1.op. CDS",
                      self.signal("--check", status=1).stdout)
        time.sleep(1.1)
        self.signal()
        again = path.read_text()
        self.assertEqual([line for line in again.splitlines() if " SOA " not in line],
                         [line for line in first.splitlines() if " SOA " not in line])
        self.assertNotEqual(again, first, "the serial is another one")

    def test_a_zone_that_cannot_be_read_keeps_its_signals(self):
        server = Server(self, KNOT)
        self.configure(KNOT, f'list = "zones"\nupdate = "{KNOT}"\nupdate-key = "op."\n')
        (self.folder / "zones").write_text("kid.example\none.example\n")
        self.signal()
        conf = server.folder / "conf"
        gone = "  - domain: kid.example\n    file: kid.example.zone\n    acl: all\n"
        self.assertIn(gone, conf.read_text())
        conf.write_text(conf.read_text().replace(gone, ""))
        subprocess.run(["knotc", "-s", server.folder / "knot.sock", "reload"], check=True,
                       stdout=subprocess.DEVNULL)
        wait_until("kid.example is gone", 20, lambda: not server.ask("kid.example", "SOA"))
        done = self.signal(status=1)
        self.assertIn("kid.example. could not be read, and its signals stay", done.stderr)
        self.assertEqual(len(server.ask("_dsboot.kid.example._signal.ns1.op", "CDS")), 1)

    def test_a_wrong_key_changes_nothing_and_says_so(self):
        for address in (KNOT, BIND):
            with self.subTest(address=address):
                Server(self, address)
                self.configure(address, f'list = "zones"\nupdate = "{address}"\n'
                                        'update-key = "op."\n')
                (self.folder / "zones").write_text("kid.example\n")
                (self.folder / "op.key").write_text(SECRET.replace("c2V", "d2V") + "\n")
                self.assertIn("BADSIG", self.signal(status=1).stderr)

    def test_what_is_missing_is_named(self):
        cases = [
            ([], "--primary"),
            (["--primary", KNOT], "--host"),
            (["--primary", KNOT, "--host", "ns1.op"], "--list"),
            (["--primary", "192.0.2.1", "--host", "ns1.op", "kid.example"], "--unauthenticated"),
            (["--primary", KNOT, "--host", "ns1.op", "--update", KNOT, "kid.example"],
             "--update-key"),
            (["--primary", KNOT, "--host", "ns1.op", "--check", "kid.example"], "--directory"),
            (["--primary", KNOT, "--key", "no.", "--host", "ns1.op", "kid.example"], '"no."'),
        ]
        for arguments, words in cases:
            with self.subTest(arguments=arguments):
                done = self.signal(*arguments, status=2)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
