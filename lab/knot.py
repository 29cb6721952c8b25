"""Configurations of the Knot DNS instances: root, parents, and the children that manage their keys.

DIR may be longer than a socket's path can be (108 characters), so the control sockets are named by
way of the current folder: knotd and knotc run in their instance's (DIR/NAME/run, DIR/NAME/ctl).
"""

from world import PARENTS, SERVERS, SIGNAL_ZONES, file_of, of

SUBMISSION = """
submission:
  # The DS must stand at every server of the parent; looked for each second.
  - id: parents
    parent: [ parent, parent2 ]
    check-interval: 1s
"""

POLICIES = {
    "steady": """
  # Signs and never rolls: the root and the parents.
  - id: steady
    algorithm: ecdsap256sha256
    single-type-signing: on
    cds-cdnskey-publish: none
""",
    "asking": """
  # Never rolls, and asks for its DS for ever.
  - id: asking
    algorithm: ecdsap256sha256
    single-type-signing: on
    dnskey-ttl: 2s
    zone-max-ttl: 2s
    propagation-delay: 1s
    cds-cdnskey-publish: always
    cds-digest-type: sha256
""",
    "restless": """
  # Rolls its KSK every 30 seconds if the parent follows, and asks only while it rolls. The same
  # as ksk-lifetime 24h, zsk-lifetime 4h, and so on, scaled to seconds.
  - id: restless
    algorithm: ecdsap256sha256
    ksk-lifetime: 30s
    zsk-lifetime: 20s
    propagation-delay: 1s
    dnskey-ttl: 2s
    zone-max-ttl: 2s
    rrsig-lifetime: 60s
    rrsig-refresh: 20s
    rrsig-pre-refresh: 5s
    delete-delay: 1s
    cds-cdnskey-publish: rollover
    cds-digest-type: sha256
    ksk-submission: parents
""",
}

# The keys a zone starts with, made before the servers run so that its first DS can be in the
# parent's zone from the first moment.
FIRST_KEYS = {
    "steady": ["ksk=yes zsk=yes"],
    "asking": ["ksk=yes zsk=yes"],
    "restless": ["ksk=yes zsk=no", "ksk=no zsk=yes"],
}


def head(directory, name, keys=None):
    server = SERVERS[name]
    text = f"""\
server:
    listen: [ {server.v4}@53, {server.v6}@53 ]
    rundir: {directory}/{name}
    identity: {name}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 2

control:
    listen: /proc/self/cwd/knot.sock

log:
  - target: stderr
    any: info

database:
    storage: {directory}/{name}
"""
    if keys:
        text += "\nkey:\n"
        for key, secret in keys.items():
            text += f"  - id: {key}\n    algorithm: hmac-sha256\n    secret: {secret}\n"
    return text


def remotes(own, others, key=None):
    text = "\nremote:\n"
    for name in others:
        text += f"  - id: {name}\n    address: {SERVERS[name].v4}@53\n    via: {SERVERS[own].v4}\n"
        text += f"    key: {key}\n" if key else ""
    return text


def zone(directory, instance, name, *options):
    text = f"  - domain: {name}\n    storage: {directory}/{instance}/zones\n"
    text += f"    file: {file_of(name)}.zone\n"
    return text + "".join(f"    {option}\n" for option in options)


def signed(policy):
    return ["dnssec-signing: on", f"dnssec-policy: {policy}"]


def root(directory, keys):
    return (head(directory, "root") + "\npolicy:" + POLICIES["steady"]
            + "\nzone:\n" + zone(directory, "root", ".", *signed("steady")))


def parent(directory, keys):
    """The primary of the parents' zones: signs, takes UPDATE, gives AXFR, each with its own key."""
    text = head(directory, "parent", keys) + remotes("parent", ["parent2"], "transfer.")
    text += """
acl:
  - id: transfer
    action: transfer
    key: transfer.
  - id: update
    action: update
    key: update.

policy:""" + POLICIES["steady"] + "\nzone:\n"
    for name in PARENTS:
        acl = "[ transfer, update ]" if name != "op." else "transfer"
        text += zone(directory, "parent", name, *signed("steady"), "notify: parent2", f"acl: {acl}")
    return text


def parent2(directory, keys):
    text = head(directory, "parent2", {"transfer.": keys["transfer."]})
    text += remotes("parent2", ["parent"], "transfer.")
    text += """
acl:
  - id: notify
    action: notify
    key: transfer.
  - id: transfer
    action: transfer
    key: transfer.

zone:
"""
    for name in PARENTS:
        text += zone(directory, "parent2", name, "master: parent", "acl: [ notify, transfer ]")
    return text


def knot1(directory, keys):
    """Signs the children, with nobody's help: it sees for itself when the parent has its DS."""
    text = head(directory, "knot1") + remotes("knot1", ["knot2", "parent", "parent2"])
    text += SUBMISSION + "\npolicy:" + POLICIES["asking"] + POLICIES["restless"]
    text += POLICIES["steady"]
    text += f"""
acl:
  - id: transfer
    action: transfer
    address: {SERVERS["knot2"].v4}

zone:
"""
    for child in of("knot"):
        text += zone(directory, "knot1", child.zone, *signed(child.policy),
                     "notify: knot2", "acl: transfer")
    for signals in SIGNAL_ZONES:
        if signals.server == "knot1":
            # The files belong to `dskeeper signal`: Knot reads and never writes them.
            text += zone(directory, "knot1", signals.zone, "zonefile-sync: -1",
                         "zonefile-load: difference-no-serial", "journal-content: all",
                         *(signed("steady") if signals.chain != "none" else []))
    return text


def knot2(directory, keys):
    text = head(directory, "knot2") + remotes("knot2", ["knot1"])
    text += f"""
acl:
  - id: notify
    action: notify
    address: {SERVERS["knot1"].v4}

zone:
"""
    for child in of("knot"):
        text += zone(directory, "knot2", child.zone, "master: knot1", "acl: notify")
    return text


CONFIGURATIONS = {"root": root, "parent": parent, "parent2": parent2,
                  "knot1": knot1, "knot2": knot2}
