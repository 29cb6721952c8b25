#!/usr/bin/python3 -B
"""Pages, API and metrics of `serve` over the lab's children: every response against web/openapi.json,
the metrics against promtool, an act by HTTP that is obeyed, a check that is queued.
"""

import http.client
import json
import re
import subprocess
import unittest

import jsonschema

from labtest import LAB, ROOT, Dskeeper, configure, main, wait_until

HOST, PORT = "127.0.0.1", 8053
TOKEN = "0123456789abcdef0123456789abcdef"
OPENAPI = json.loads((ROOT / "web" / "openapi.json").read_text())


def write_configuration():
    path = configure("http")
    token = LAB / "staff.token"
    token.write_text(TOKEN + "\n")
    token.chmod(0o600)
    path.write_text(path.read_text() + f"""
[http]
listen      = "{HOST}:{PORT}"
token-file  = "staff.token"
client-rate = 1000
""")
    return path


def ask(path, method="GET", token=None, body=None, headers=None):
    """Status, content type and text of the response."""
    connection = http.client.HTTPConnection(HOST, PORT, timeout=10)
    try:
        all_headers = dict(headers or {})
        if token:
            all_headers["Authorization"] = f"Bearer {token}"
        if body is not None:
            all_headers["Content-Type"] = "application/json"
        connection.request(method, path, body=json.dumps(body) if body is not None else None,
                           headers=all_headers)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read().decode()
    except ConnectionError:
        return None, None, ""
    finally:
        connection.close()


def case_of(child):
    """The case as everybody is shown it; empty where there is none."""
    status, _, text = ask(f"/api/v1/cases/{child}")
    return json.loads(text) if status == 200 else {}


def operation_of(path, method):
    """What the description says of this address; the longest pattern with the fewest blanks."""
    bare = path.split("?")[0]
    fitting = [pattern for pattern in OPENAPI["paths"]
               if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), bare)]
    return OPENAPI["paths"][min(fitting, key=lambda pattern: pattern.count("{"))][method.lower()]


class Http(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dskeeper = Dskeeper(write_configuration())
        cls.addClassCleanup(cls.dskeeper.end)
        cls.dskeeper.start()
        wait_until("it is ready", 60, lambda: ask("/readyz")[0] == 200)
        wait_until("the first pass has ended", 120,
                   lambda: cls.dskeeper.log().count("pass-ended") > 0)

    def call(self, path, method="GET", status=200, **how):
        """The response as JSON, which must be as the description has it."""
        got, content_type, text = ask(path, method, **how)
        self.assertEqual(got, status, f"{method} {path}: {text}")
        described = operation_of(path, method)["responses"][str(status)]
        if "$ref" in described:
            described = OPENAPI["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        self.assertIn(content_type, described["content"], path)
        value = json.loads(text)
        jsonschema.Draft202012Validator(
            described["content"][content_type]["schema"],
            resolver=jsonschema.RefResolver("", OPENAPI)).validate(value)
        return value

    def staff(self, path, method="GET", status=200, **how):
        return self.call(path, method, status, token=TOKEN, **how)

    def test_1_the_description_is_served_and_sound(self):
        status, content_type, text = ask("/api/v1/openapi.json")
        self.assertEqual((status, content_type), (200, "application/json"))
        self.assertEqual(json.loads(text), OPENAPI)
        for schema in OPENAPI["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_2_every_case_as_described(self):
        seen, after = [], ""
        while True:
            page = self.staff(f"/api/v1/cases?limit=3{after}")
            seen += [case["child"] for case in page["cases"]]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        self.assertGreater(len(seen), 3)
        self.assertEqual(len(seen), len(set(seen)))
        for child in seen:
            case = self.call(f"/api/v1/cases/{child}")
            self.assertEqual(case["child"], child)
            domain = self.call(f"/api/v1/domains/{child}")
            self.assertEqual(domain["name"], child)
            self.staff(f"/api/v1/cases/{child}/history")
            for label in self.staff(f"/api/v1/cases/{child}/evidence")["evidence"][:3]:
                evidence = self.staff(f"/api/v1/evidence/{label['id']}")
                self.assertEqual(evidence["child"], child)
            status, content_type, page = ask(f"/domain/{child}")
            self.assertEqual((status, content_type), (200, "text/html; charset=utf-8"))
            self.assertIn(f"<h1>{child}", page)
        by_outcome = [case["child"] for outcome in ("idle", "in-sync", "accept", "hold", "refuse",
                                                    "retry", "suspended")
                      for case in self.staff(f"/api/v1/cases?outcome={outcome}")["cases"]]
        self.assertGreater(len(by_outcome), 3)

    def test_3_statistics_changes_and_errors_as_described(self):
        zones = self.staff("/api/v1/statistics")["parents"]
        self.assertEqual([zone["zone"] for zone in zones], ["example."])
        self.assertIsNotNone(zones[0]["last_pass"])
        self.assertGreaterEqual(zones[0]["queues"]["looks"], 0)
        self.staff("/api/v1/changes?limit=2")
        self.staff("/api/v1/cases?outcome=great", status=400)
        self.call("/api/v1/cases", status=401)
        self.call("/api/v1/statistics", status=401, token=TOKEN[:-1])
        self.call("/api/v1/cases/none.example", status=404)
        self.call("/api/v1/domains/kid.other", status=404)
        self.call("/api/v1/statistics", status=421, token=TOKEN,
                  headers={"Host": "attacker.example"})

    def test_3_plots_as_described_and_consistent(self):
        """What the plots show adds up to what the lists and the parent zone have."""
        zone = wait_until("the zone was counted", 30, lambda: (
            lambda all: all["counted_at"] and all)(self.staff("/api/v1/statistics/operators")))
        listed = zone["operators"] + [zone["others"]]
        for field in ("delegations", "secure"):
            self.assertEqual(sum(one[field] for one in listed), zone["zone"][field])
        self.assertGreater(zone["zone"]["delegations"], 3)
        for one in zone["operators"]:
            if one["operator"] is not None:
                cases = self.staff(f"/api/v1/cases?operator={one['operator']}&limit=200")["cases"]
                asking = [case for case in cases if case["outcome"] in ("accept", "hold")]
                self.assertLessEqual(abs(len(asking) - one["asking"]), 1, one)  # a case may move on
        days = self.staff("/api/v1/statistics/days?days=2")["days"]
        self.assertEqual(days[-1]["delegations"], zone["zone"]["delegations"])
        queued = sum(sum(by_state.values()) for day in days for by_state in day["changes"].values())
        changes = self.staff("/api/v1/changes?limit=200")["changes"]
        self.assertLessEqual(queued, len(changes))
        self.staff("/api/v1/statistics/agents")
        self.staff("/api/v1/statistics/days?days=0", status=400)
        self.call("/api/v1/statistics/operators", status=401)

    def test_4_check_now_is_queued_once_a_minute(self):
        child = self.staff("/api/v1/cases?limit=1")["cases"][0]["child"]
        answer = self.call(f"/api/v1/domains/{child}/check", "POST", 202)
        self.assertEqual(answer["name"], child)
        self.call(f"/api/v1/domains/{child}/check", "POST", 429)

    def test_5_an_act_by_http_is_obeyed(self):
        child = self.staff("/api/v1/cases?limit=1")["cases"][0]["child"]
        self.call(f"/api/v1/cases/{child}/suspend", "POST", 401, body={"reason": "of a quarrel"})
        self.staff(f"/api/v1/cases/{child}/suspend", "POST", 400, body={"reasons": "x"})
        self.staff(f"/api/v1/cases/{child}/suspend", "POST", 202, body={"reason": "of a quarrel"})
        wait_until(f"{child} is suspended", 30,
                   lambda: self.call(f"/api/v1/cases/{child}")["outcome"] == "suspended")
        self.assertIn("of a quarrel", ask(f"/domain/{child}")[2])
        entries = self.staff(f"/api/v1/cases/{child}/history")["entries"]
        acts = [entry["details"] for entry in entries if entry["kind"] == "act"]
        self.assertEqual(acts[-1]["actor"], "staff by HTTP from 127.0.0.1")
        self.staff(f"/api/v1/cases/{child}/resume", "POST", 202, body={})
        wait_until(f"{child} goes on", 30,
                   lambda: self.call(f"/api/v1/cases/{child}")["outcome"] != "suspended")

    def test_6_promtool_accepts_metrics_and_alerts(self):
        metrics = ask("/metrics")[2]
        self.assertIn('dskeeper_cases{zone="example."', metrics)
        checked = subprocess.run(["promtool", "check", "metrics"], input=metrics, text=True,
                                 capture_output=True)
        self.assertEqual((checked.returncode, checked.stdout + checked.stderr), (0, ""))
        alerts = ROOT / "data" / "monitoring" / "alerts.yml"
        checked = subprocess.run(["promtool", "check", "rules", alerts], text=True,
                                 capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)
        known = set(re.findall(r"^# TYPE (\w+)", metrics, re.MULTILINE))
        known |= {"dskeeper_pass_under_way_children", "dskeeper_pass_under_way_children_done"}
        known |= {"dskeeper_notify_messages_total", "dskeeper_notified_looks"}
        dashboard = (alerts.parent / "grafana.json").read_text()
        self.assert_queries_parse(json.loads(dashboard))
        monitoring = alerts.read_text() + dashboard
        self.assertLessEqual(set(re.findall(r"\bdskeeper_\w+", monitoring)), known)

    def assert_queries_parse(self, dashboard):
        """Each query of Grafana's panels, as the rule that it could be."""
        queries = [target["expr"] for panel in dashboard["panels"]
                   for target in panel.get("targets", [])]
        self.assertGreater(len(queries), 3)
        rules = [{"record": f"query:{number}", "expr": re.sub(r"\$\w+", "5m", query)}
                 for number, query in enumerate(queries)]
        file = LAB / "grafana_queries.json"  # YAML too
        file.write_text(json.dumps({"groups": [{"name": "grafana", "rules": rules}]}))
        checked = subprocess.run(["promtool", "check", "rules", file], text=True,
                                 capture_output=True)
        self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_7_a_reload_keeps_serving(self):
        self.dskeeper.process.send_signal(1)
        wait_until("the configuration was read again", 30,
                   lambda: "configuration-reloaded" in self.dskeeper.log())
        wait_until("it is ready again", 60, lambda: ask("/readyz")[0] == 200)


if __name__ == "__main__":
    main()
