#!/usr/bin/python3 -B
"""Bad input gets a clear error, with file and line where there is one, and changes nothing."""

import json
import subprocess
import unittest

from clitest import DSKEEPER, CliTest, line_of, zone_text

COMMANDS = [("scan",), ("serve",), ("check",), ("status",), ("history", "c0000.example"),
            ("explain", "c0000.example")]


class Configuration(CliTest):
    def assert_every_command_refuses(self, *words):
        before = self.files()
        for command in COMMANDS:
            with self.subTest(command=command[0]):
                self.assert_refused(self.run_dskeeper(*command), 2, *words)
        self.assertEqual(self.files(), before)

    def test_unknown_key(self):
        self.edit("permit   =", "permitt  =")
        line = line_of(self.configuration.read_text(), "permitt")
        self.assert_every_command_refuses(f"{self.configuration}:{line}: ", '"permitt"',
                                          'Did you mean "permit"?')

    def test_syntax_error(self):
        self.edit('interval = "1s"', 'interval = "1s')
        line = line_of(self.configuration.read_text(), "interval")
        self.assert_every_command_refuses(f"{self.configuration}:{line}: ")

    def test_wrong_type(self):
        self.edit('timeout  = "200ms"', "timeout  = 1")
        line = line_of(self.configuration.read_text(), "timeout")
        self.assert_every_command_refuses(f"{self.configuration}:{line}: ", "quotation marks")

    def test_missing_key_file(self):
        (self.folder / "update.key").unlink()
        line = line_of(self.configuration.read_text(), "[[key]]")
        self.assert_every_command_refuses(f"{self.configuration}:{line}", "update.key")

    def test_missing_key_file_is_one_fault(self):
        (self.folder / "update.key").unlink()
        done = self.run_dskeeper("check")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_key_file_readable_by_others(self):
        (self.folder / "update.key").chmod(0o644)
        self.assert_every_command_refuses("update.key", "chmod 600")

    def test_key_file_that_is_no_base64(self):
        self.write("update.key", "not base64 at all!\n", 0o600)
        line = line_of(self.configuration.read_text(), "[[key]]")
        self.assert_every_command_refuses(f"{self.configuration}:{line}: ", "update.key", "base64")
        self.assertNotIn("not base64 at all", self.run_dskeeper("check").stderr)

    def test_a_password_in_the_stores_url_is_not_repeated(self):
        for url in ("postgresql://ann:hunter2@db/dskeeper", "pq:host=db password=hunter2"):
            with self.subTest(url=url):
                text = self.configuration.read_text()
                self.edit("sqlite:dskeeper.db", url)
                line = line_of(self.configuration.read_text(), "url =")
                self.assert_every_command_refuses(f"{self.configuration}:{line}: ", "password")
                self.assertNotIn("hunter2", self.run_dskeeper("check").stderr)
                self.configuration.write_text(text)

    def test_postgresql_is_named_as_what_is_missing(self):
        self.edit("sqlite:dskeeper.db", "postgresql://db/dskeeper")
        self.assert_every_command_refuses("PostgreSQL", "sqlite:PATH")

    def test_check_finds_files_that_are_missing(self):
        (self.folder / "example.zone").unlink()
        self.edit('sink   = {', 'facts  = "facts.csv"\nsink   = {')
        done = self.run_dskeeper("check")
        self.assert_refused(done, 2, "example.zone cannot be read", "facts.csv cannot be read")

    def test_a_policy_that_can_never_accept(self):
        self.edit('sink   = {', 'policy = "mine"\nsink   = {')
        self.write("dskeeper.toml", self.configuration.read_text() + '[policy.mine]\n'
                   'require-status = ["automated"]\nvantages = { update = 2 }\n')
        self.assert_refused(self.run_dskeeper("check"), 2, 'status "automated"',
                            "can never accept an update")
        self.edit('sink   = {', 'facts  = "facts.csv"\nsink   = {')
        self.write("facts.csv", "name,statuses\n")
        self.edit("vantages = { update = 2 }", "csync = []")
        done = self.run_dskeeper("check")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_a_receiver_of_notify_that_would_hear_nobody(self):
        self.write("dskeeper.toml", self.configuration.read_text() +
                   '[notify]\nonly-signed = true\nkeys = []\nsource-rate = 0\n')
        self.assert_refused(self.run_dskeeper("check"), 2, "nowhere to listen",
                            "refuse everybody", "at least 1 a second")
        self.edit('only-signed = true\nkeys = []\nsource-rate = 0',
                  'listen = ["[::]"]\nkeys = ["gone."]')
        self.assert_refused(self.run_dskeeper("check"), 2, "gone.")

    def test_missing_trust_anchor(self):
        self.configuration.write_text(self.configuration.read_text() +
                                      '[resolver]\ntrust-anchor = "gone.key"\n')
        line = line_of(self.configuration.read_text(), "gone.key")
        self.assert_every_command_refuses(f"{self.configuration}:{line}: ", "gone.key")

    def test_missing_configuration(self):
        self.configuration.unlink()
        self.assert_every_command_refuses(str(self.configuration))

    def test_check_is_content_with_the_rest(self):
        done = self.run_dskeeper("check")
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)

    def test_check_says_where_csync_is_not_asked_for(self):
        followed = "name servers and glue follow the children's CSYNC records."
        into_file = followed[:-1] + " in the file; the source has to show each change within a day"
        nowhere = "children are asked for CSYNC and judged, and nothing is sent anywhere."
        none = "children are not asked for CSYNC, since"
        update = 'dns-update = "127.0.9.9", key = "update."'
        for sink, told in [(update, followed), ('zone-file = "ds.zone"', none),
                           ('zone-file = "all.zone", content = "delegations"', into_file),
                           ("none = true", nowhere)]:
            with self.subTest(sink=sink):
                text = self.configuration.read_text()
                self.edit(update, sink)
                self.edit("[[parent]]", '[[parent]]\nconfirm = ["127.0.9.9"]')
                self.assertIn(f"example.: {told}", self.run_dskeeper("check").stdout)
                self.configuration.write_text(text)


class Sources(CliTest):
    def test_zone_file_with_a_syntax_error(self):
        self.assertEqual(self.run_dskeeper("scan").returncode, 0)
        before = self.counts()
        text = zone_text(3) + "c9.example. DS 1 13 2 nothing\n" + zone_text(9)
        path = self.write("example.zone", text)
        done = self.run_dskeeper("scan")
        self.assert_refused(done, 1, f"{path}:{line_of(text, 'nothing')}: ")
        self.assertEqual(self.counts(), before)

    def test_zone_file_that_is_missing(self):
        (self.folder / "example.zone").unlink()
        self.assert_refused(self.run_dskeeper("scan"), 1, str(self.folder / "example.zone"))

    def test_zone_file_of_another_zone(self):
        path = self.write("example.zone", zone_text(3).replace("example.", "elsewhere."))
        self.assert_refused(self.run_dskeeper("scan"), 1, str(path))

    def test_zone_file_that_is_cut_off(self):
        text = zone_text(3)
        path = self.write("example.zone", text[:text.rindex("DS") + 12])
        self.assert_refused(self.run_dskeeper("scan"), 1, str(path))

    def test_list_with_a_syntax_error(self):
        self.edit("zone-file = \"example.zone\"", 'list = "list.csv"')
        path = self.write("list.csv", "name,ns,glue,ds\nc1.example,ns1.op.test,,\n"
                                      "c2.example,ns1.op.test,,nothing\n")
        self.assert_refused(self.run_dskeeper("scan"), 1, f"{path}:3: ")


class Stores(CliTest):
    def test_store_that_is_no_database(self):
        self.write("dskeeper.db", "Dear diary,\n" * 200)
        before = self.files()
        for command in (("scan",), ("serve",), ("status",), ("history", "c0000.example")):
            with self.subTest(command=command[0]):
                self.assert_refused(self.run_dskeeper(*command), 1, "dskeeper.db", "not a database")
        self.assertEqual(self.files(), before)

    def test_store_in_a_folder_that_is_not_there(self):
        self.edit("sqlite:dskeeper.db", "sqlite:nowhere/dskeeper.db")
        self.assert_refused(self.run_dskeeper("scan"), 1, "nowhere/dskeeper.db")

    def test_status_before_the_first_scan(self):
        before = self.files()
        for command in (("status",), ("status", "c0000.example"), ("history", "c0000.example")):
            with self.subTest(command=command):
                self.assert_refused(self.run_dskeeper(*command), 1, "dskeeper.db", "scan")
        self.assertEqual(self.files(), before)

    def test_dry_run_makes_no_store(self):
        before = self.files()
        self.assertEqual(self.run_dskeeper("scan", "--dry-run").returncode, 0)
        self.assertEqual(self.files(), before)


class Names(CliTest):
    def test_name_that_is_no_delegation(self):
        self.assert_refused(self.run_dskeeper("scan", "www.example"), 1, "www.example.")
        done = self.run_dskeeper("scan", "c0000.example", "nobody.example")
        self.assert_refused(done, 1, "nobody.example.")
        self.assertEqual(self.counts()["cases"], {}, "the others are left alone too")

    def test_name_below_no_parent(self):
        self.assert_refused(self.run_dskeeper("scan", "c0000.test"), 2, "c0000.test.")

    def test_name_that_is_none(self):
        for name in ("a..example", "a" * 64 + ".example", ""):
            with self.subTest(name=name):
                self.assertNotEqual(self.run_dskeeper("scan", name).returncode, 0)

    def test_unknown_parent(self):
        self.assert_refused(self.run_dskeeper("scan", "--parent", "test"), 2, "test.")


class Usage(unittest.TestCase):
    def run_dskeeper(self, *arguments):
        return subprocess.run([DSKEEPER, *arguments], text=True, capture_output=True, timeout=30,
                              cwd="/")

    def test_help_and_version(self):
        for arguments in (["--help"], ["scan", "--help"], ["--version"]):
            done = self.run_dskeeper(*arguments)
            self.assertEqual((done.returncode, done.stderr), (0, ""), arguments)
            self.assertIn("dskeeper", done.stdout)
        for command in ("scan", "explain", "serve", "status", "history", "check"):
            self.assertIn(command, self.run_dskeeper("--help").stdout)

    def test_unknown_or_missing(self):
        for arguments in ([], ["skan"], ["scan", "--nonsense"], ["history"], ["explain"],
                          ["status", "a.example", "b.example"]):
            with self.subTest(arguments=arguments):
                done = self.run_dskeeper(*arguments)
                self.assertEqual(done.returncode, 2)
                self.assertEqual(done.stdout, "")
                self.assertNotEqual(done.stderr, "")

    def test_unknown_command_is_named(self):
        self.assertIn("skan", self.run_dskeeper("skan").stderr)


class Names(CliTest):
    def setUp(self):
        super().setUp()
        self.write("other.zone", zone_text(2).replace("example.", "other."))
        self.configuration.write_text(self.configuration.read_text() + """
[[parent]]
zone   = "other."
source = { zone-file = "other.zone" }
sink   = { none = true }
""")

    def test_of_several_parents_typed_in_any_case_and_twice(self):
        done = self.run_dskeeper("scan", "--json", "C0001.OTHER", "c0002.example.",
                                 "c0001.Other.", "c0000.example")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(sorted(json.loads(line)["child"] for line in done.stdout.splitlines()),
                         ["c0000.example.", "c0001.other.", "c0002.example."])

    def test_of_another_parent_than_the_one_asked_for(self):
        done = self.run_dskeeper("scan", "--parent", "other", "c0002.example")
        self.assert_refused(done, 2, "c0002.example. is no child of other. but of example.")

    def test_names_that_can_be_no_child_are_a_wrong_use(self):
        for name, words in [("a..example", "empty label"), ("a" * 64 + ".example", "63 octets"),
                            ("kid.elsewhere", "no configured parent"),
                            ("example", "is a parent zone")]:
            for command in ("scan", "explain", "status", "history"):
                with self.subTest(name=name, command=command):
                    self.assert_refused(self.run_dskeeper(command, name), 2, words)

    def test_a_parent_that_is_not_there_names_the_nearest(self):
        self.assert_refused(self.run_dskeeper("scan", "--parent", "exmaple."), 2,
                            'Did you mean "example."?')
        self.assert_refused(self.run_dskeeper("replay", "--policy", "bcp247"), 2,
                            'Did you mean "bcp246"?')

    def test_errors_end_with_one_dot(self):
        for command in ("status", "history"):
            self.run_dskeeper("scan", "c0000.example")
            self.assertNotIn("..", self.run_dskeeper(command, "c0002.example").stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
