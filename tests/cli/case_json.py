"""The case as JSON, held field by field against the contract (contract.md, "The case, as JSON").

Not a schema in a library's language: what is asked here is what a dashboard relies on.
"""

import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NAME = re.compile(r"([a-z0-9_-]+\.)+")
DS = re.compile(r"\d+ \d+ \d+ [0-9A-F]+")
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SERVER = re.compile(r"([a-z0-9_-]+\.)+( [0-9a-f.:]+)?")
OUTCOMES = {"idle", "in-sync", "accept", "hold", "refuse", "retry", "suspended"}
SEVERITIES = ["error", "warning", "info"]
FIELDS = ["child", "parent", "at", "policy", "delegation", "request", "request_id", "outcome",
          "ready_at", "ds", "change", "csync", "first_valid_at", "last_valid_at", "findings"]


class Checker:
    """check(case) raises AssertionError with the child's name; `what` says where it came from."""

    def __init__(self, test, what):
        self.test, self.what = test, what

    def fits(self, value, pattern, field):
        self.test.assertIsInstance(value, str, f"{self.what}: {field}")
        self.test.assertTrue(pattern.fullmatch(value), f"{self.what}: {field}: {value!r}")

    def fits_or_null(self, value, pattern, field):
        if value is not None:
            self.fits(value, pattern, field)

    def is_list(self, value, pattern, field):
        self.test.assertIsInstance(value, list, f"{self.what}: {field}")
        for item in value:
            self.fits(item, pattern, field)

    def has_keys(self, value, keys, field):
        self.test.assertIsInstance(value, dict, f"{self.what}: {field}")
        self.test.assertEqual(list(value), keys, f"{self.what}: {field}")

    def one_of(self, value, words, field):
        self.test.assertIn(value, words, f"{self.what}: {field}")

    def check(self, case):
        self.has_keys(case, FIELDS, "the case")
        for field in ("child", "parent"):
            self.fits(case[field], NAME, field)
        self.fits(case["at"], TIME, "at")
        self.fits(case["policy"], re.compile(r"[a-z0-9]+"), "policy")
        self.check_delegation(case["delegation"])
        self.one_of(case["request"], {"none", "bootstrap", "update", "delete"}, "request")
        self.fits_or_null(case["request_id"], re.compile(r"[0-9A-Fa-f]{64}"), "request_id")
        self.one_of(case["outcome"], OUTCOMES, "outcome")
        for field in ("ready_at", "first_valid_at", "last_valid_at"):
            self.fits_or_null(case[field], TIME, field)
        self.check_meaning(case)
        self.check_change(case["change"])
        self.has_keys(case["csync"], ["outcome", "request_id", "ready_at", "ns", "glue"], "csync")
        self.one_of(case["csync"]["outcome"], OUTCOMES, "csync.outcome")
        self.check_findings(case["findings"])

    def check_delegation(self, delegation):
        self.has_keys(delegation, ["status", "ns", "ds"], "delegation")
        self.is_list(delegation["ns"], NAME, "delegation.ns")
        self.is_list(delegation["ds"], DS, "delegation.ds")
        status = "secure" if delegation["ds"] else "unsigned"
        self.test.assertEqual(delegation["status"], status, f"{self.what}: delegation.status")

    def check_meaning(self, case):
        """What the fields say together."""
        would_stand = case["outcome"] in ("accept", "hold")
        self.test.assertEqual(case["ds"] is not None, would_stand, f"{self.what}: ds")
        if would_stand:
            self.is_list(case["ds"], DS, "ds")
            self.test.assertEqual(case["ds"] == [], case["request"] == "delete", f"{self.what}: ds")
        if case["outcome"] in ("idle", "in-sync"):
            self.test.assertEqual(case["request"], "none", f"{self.what}: at rest, asks nothing")
        if case["request"] == "none":
            for field in ("first_valid_at", "last_valid_at"):
                self.test.assertIsNone(case[field], f"{self.what}: {field}")
        if case["request"] in ("update", "delete"):
            self.test.assertEqual(case["delegation"]["status"], "secure", self.what)
        if case["request"] == "bootstrap":
            self.test.assertEqual(case["delegation"]["status"], "unsigned", self.what)
        if case["outcome"] == "refuse":
            self.test.assertIn("error", [finding["severity"] for finding in case["findings"]],
                               f"{self.what}: a refusal says why")

    def check_change(self, change):
        if change is None:
            return
        self.has_keys(change, ["state", "at", "reason"], "change")
        self.one_of(change["state"], {"queued", "sent", "confirmed", "failed"}, "change.state")
        self.fits(change["at"], TIME, "change.at")
        self.fits_or_null(change["reason"], re.compile(r".+"), "change.reason")

    def check_findings(self, findings):
        self.test.assertIsInstance(findings, list, self.what)
        ranks = []
        for finding in findings:
            self.has_keys(finding, ["code", "severity", "rule", "servers", "text"], "finding")
            self.fits(finding["code"], CODE, "finding.code")
            self.one_of(finding["severity"], SEVERITIES, "finding.severity")
            self.fits(finding["rule"], re.compile(r"RFC \d+ §[\d.]+|local policy"), "finding.rule")
            self.is_list(finding["servers"], SERVER, "finding.servers")
            self.fits(finding["text"], re.compile(r"[A-Z].*\."), "finding.text")
            ranks.append(SEVERITIES.index(finding["severity"]))
        self.test.assertEqual(ranks, sorted(ranks), f"{self.what}: worst first")
