#!/usr/bin/python3 -B
"""`dskeeper dsync`: the records it prints, and those it brings into Knot DNS and BIND 9."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from clitest import DSKEEPER, wait_until

KNOT, BIND = "127.0.9.2", "127.0.9.3"
SECRET = "c2VjcmV0LW9mLXRoaXJ0eS10d28tb2N0ZXRzLS0tLS0="
HEAD = "$TTL 60\n@ SOA ns hostmaster 1 60 60 9999 60\n@ NS ns1.op.\n"
ZONES = {"example": HEAD + "kid NS ns1.op.\nother NS ns1.op.\n", "_dsync.example": HEAD}
OWN = "*._dsync.example. 3600 IN DSYNC CDS NOTIFY 5359 notify.registry.test."
OWN_GENERIC = ("*._dsync.example. 3600 IN TYPE66 \\# 27 003B0114EF066E6F74696679087265676973747279"
               "047465737400")
# Its RDATA.
OWN_SHOWN = OWN_GENERIC.split(" ", 4)[4]


def knot_configuration(folder, names):
    zones = "".join(f"  - domain: {zone}\n    file: {zone}.zone\n    acl: all\n" for zone in names)
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


def bind_configuration(folder, names):
    zones = "".join(f'zone "{zone}" {{ type primary; file "{zone}.zone"; check-names ignore; '
                    'allow-update { key op.; }; allow-transfer { key op.; }; };\n' for zone in names)
    return f"""\
key op. {{ algorithm hmac-sha256; secret "{SECRET}"; }};
options {{ directory "{folder}"; listen-on {{ {BIND}; }}; listen-on-v6 {{ none; }};
  pid-file none; lock-file none; session-keyfile none; managed-keys-directory "{folder}";
  recursion no; dnssec-validation no; notify no; }};
controls {{ }};
{zones}"""


class Server:
    """One name server with these zones, in a folder of its own."""

    def __init__(self, test, address, names=("example",)):
        self.address = address
        self.folder = Path(test.enterContext(tempfile.TemporaryDirectory(prefix="dskeeper-dsync-")))
        for zone in names:
            (self.folder / f"{zone}.zone").write_text(ZONES[zone])
        make = knot_configuration if address == KNOT else bind_configuration
        (self.folder / "conf").write_text(make(self.folder, names))
        program = ["knotd", "-c"] if address == KNOT else ["named", "-g", "-n", "1", "-c"]
        log = test.enterContext(open(self.folder / "log", "w"))
        process = subprocess.Popen([f"/usr/sbin/{program[0]}", *program[1:], self.folder / "conf"],
                                   stdout=log, stderr=log)
        test.addCleanup(process.wait)
        test.addCleanup(process.kill)
        try:
            wait_until(f"{address} serves its zones", 15,
                       lambda: all(self.ask(zone, "SOA") for zone in names))
        except AssertionError as error:
            raise AssertionError((self.folder / "log").read_text()) from error

    def ask(self, name, rrtype):
        """The RDATA lines, sorted, without spaces inside the hexadecimal."""
        done = subprocess.run(["dig", f"@{self.address}", "+short", "+time=1", "+tries=1", "+norec",
                               "+unknownformat", name, rrtype], text=True, capture_output=True, check=False)
        lines = [line.split(" ", 2) for line in done.stdout.splitlines() if line and line[0] != ";"]
        return sorted(" ".join([*line[:2], *(rest.replace(" ", "") for rest in line[2:])])
                      for line in lines)

    def dsync(self, name):
        return self.ask(name, "TYPE66")


class Dsync(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "address", "add", f"{BIND}/32", "dev", "lo"], check=True)

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory(prefix="dskeeper-cli-")))
        key = self.folder / "op.key"
        key.write_text(SECRET + "\n")
        key.chmod(0o600)
        (self.folder / "list.csv").write_text(
            "name,ns,ds,sponsor\nkid.example.,ns1.op.,,r17\nother.example.,ns1.op.,,r18\n")

    def configure(self, dsync, address=KNOT, source='{ list = "list.csv" }'):
        (self.folder / "dskeeper.toml").write_text(
            '[[key]]\nname = "op."\nsecret-file = "op.key"\n'
            f'[[parent]]\nzone = "example."\nsource = {source}\n'
            f'sink = {{ dns-update = "{address}", key = "op." }}\n{dsync}')

    def dsync(self, *arguments, status=0):
        done = subprocess.run([DSKEEPER, "dsync", *arguments], text=True, capture_output=True,
                              timeout=60, stdin=subprocess.DEVNULL, cwd=self.folder)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_prints_both_forms(self):
        self.configure('dsync = { target = "notify.registry.test" }\n')
        for arguments in ([], ["example"]):
            self.assertEqual(self.dsync(*arguments).stdout, OWN + "\n")
        self.assertEqual(self.dsync("--generic").stdout, OWN_GENERIC + "\n")

    def test_a_registrars_children_have_records_of_their_own(self):
        (self.folder / "ends.csv").write_text("sponsor,target,port\nr17,n.test,5300\n")
        self.configure('dsync = { target = "notify.registry.test", types = ["cds", "csync"], '
                       'ttl = "5m", endpoints = "ends.csv" }\n')
        self.assertEqual(self.dsync().stdout.splitlines(), [
            "*._dsync.example. 300 IN DSYNC CDS NOTIFY 5359 notify.registry.test.",
            "*._dsync.example. 300 IN DSYNC CSYNC NOTIFY 5359 notify.registry.test.",
            "kid._dsync.example. 300 IN DSYNC CDS NOTIFY 5300 n.test.",
            "kid._dsync.example. 300 IN DSYNC CSYNC NOTIFY 5300 n.test."])

    def test_the_generic_form_loads_where_the_type_is_unknown(self):
        self.configure('dsync = { target = "notify.registry.test" }\n')
        zone = self.folder / "zone"
        zone.write_text(ZONES["example"] + self.dsync("--generic").stdout)
        subprocess.run(["kzonecheck", "-o", "example", zone], check=True)
        subprocess.run(["named-checkzone", "example", zone], check=True, stdout=subprocess.DEVNULL)

    def test_update_brings_what_differs_and_only_that(self):
        (self.folder / "ends.csv").write_text("name,target,port\nkid.example,n.test,5300\n")
        for address in (KNOT, BIND):
            with self.subTest(address=address):
                server = Server(self, address)
                self.configure('dsync = { target = "notify.registry.test", '
                               'endpoints = "ends.csv" }\n', address)
                self.assertEqual(self.dsync("--check", status=1).stdout.splitlines()[:2],
                                 ["put *._dsync.example. DSYNC", "put kid._dsync.example. DSYNC"])
                self.assertIn("2 DSYNC RRset(s) put, 0 removed", self.dsync("--update").stderr)
                self.assertEqual(server.dsync("other._dsync.example"), [OWN_SHOWN])
                self.assertEqual(len(server.dsync("kid._dsync.example")), 1)
                self.assertNotEqual(server.dsync("kid._dsync.example"), [OWN_SHOWN])
                serial = server.ask("example", "SOA")
                self.assertIn("0 DSYNC RRset(s) put, 0 removed", self.dsync("--update").stderr)
                self.assertEqual(server.ask("example", "SOA"), serial)

                # The registrar no longer wants to hear of it: the wildcard speaks for it again.
                self.configure('dsync = { target = "notify.registry.test" }\n', address)
                self.assertIn("remove kid._dsync.example. DSYNC",
                              self.dsync("--check", status=1).stdout)
                self.assertIn("0 DSYNC RRset(s) put, 1 removed", self.dsync("--update").stderr)
                self.assertEqual(server.dsync("kid._dsync.example"), [OWN_SHOWN])

    def test_the_records_may_have_a_zone_of_their_own(self):
        for address in (KNOT, BIND):
            with self.subTest(address=address):
                server = Server(self, address, ZONES)
                self.configure('dsync = { target = "notify.registry.test", '
                               'zone = "_dsync.example" }\n', address)
                self.dsync("--update")
                self.assertEqual(server.dsync("kid._dsync.example"), [OWN_SHOWN])
                self.assertIn("0 DSYNC RRset(s) put",
                              self.dsync("--update").stderr)

    def test_check_names_a_target_without_an_address(self):
        Server(self, KNOT)
        self.configure('dsync = { target = "notify.registry.test" }\n')
        self.dsync("--update")
        done = self.dsync("--check", status=1)
        self.assertTrue(done.stdout.startswith("unresolved notify.registry.test.: "), done.stdout)

    def test_what_is_wrong_is_named(self):
        cases = [
            ("", [], 2, "no parent zone has a section dsync"),
            ("", ["example"], 2, "has no section dsync"),
            ("dsync = { port = 53 }\n", [], 2, "dsync has no target"),
            ('dsync = { target = "a.test", port = 0 }\n', [], 2, "0 is not a port"),
            ('dsync = { target = "a.test", types = ["cdnskey"] }\n', [], 2, "no NOTIFY for"),
            ('dsync = { target = "a.test", form = "any" }\n', [], 2, "wildcard"),
            ('dsync = { target = "a.test", zone = "other.test" }\n', [], 2, "_dsync.example."),
            ('dsync = { target = "a.test", targe = "b" }\n', [], 2, "Did you mean \"target\"?"),
            ('dsync = { target = "a.test" }\n', ["exampel"], 2, "no configured parent zone"),
            ('dsync = { target = "a.test" }\n', ["--check", "--update"], 2, "exclude each other"),
            ('dsync = { target = "a.test", endpoints = "no.csv" }\n', [], 1, "no.csv"),
            ('dsync = { target = "a.test" }\n', ["--update"], 1, "Let the key transfer the zone"),
        ]
        for dsync, arguments, status, words in cases:
            with self.subTest(dsync=dsync, arguments=arguments):
                self.configure(dsync)
                done = self.dsync(*arguments, status=status)
                self.assertIn(words, done.stderr)
                self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
