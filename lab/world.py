"""The lab's world: which servers there are and which child is there for what. Data, no effects.

docs/lab.md shows the same as a table; everything else in this folder is derived from here.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Server:
    name: str
    kind: str  # knot, bind, nsd or unbound
    net: int  # 127.0.<net>.<host>
    host: int

    @property
    def v4(self):
        return f"127.0.{self.net}.{self.host}"

    @property
    def v6(self):
        return f"fd00::{self.net}{self.host:02}" if self.net else f"fd00::{self.host}"


SERVERS = {
    s.name: s
    for s in [
        Server("root", "knot", 1, 1),
        Server("parent", "knot", 2, 1),
        Server("parent2", "knot", 2, 2),
        Server("knot1", "knot", 3, 1),
        Server("knot2", "knot", 3, 2),
        Server("bind1", "bind", 4, 1),
        Server("bind2", "bind", 4, 2),
        Server("nsd1", "nsd", 5, 1),
        Server("nsd2", "nsd", 5, 2),
        Server("unbound", "unbound", 0, 53),
    ]
}

ROOT_NAME = "a.root-servers.test."
PARENT_NS = {"ns1.op.": "parent", "ns2.op.": "parent2"}
# One operator for each software; both of its servers have an address of each family.
OPERATOR_NS = {
    f"ns{i}.{operator}.op.": f"{operator}{i}"
    for operator in ("knot", "bind", "nsd")
    for i in (1, 2)
}
# Other names of the NSD servers: under these signals are signed, under those they do not validate.
OPERATOR_NS |= {f"ns{i}.{name}.op.": f"nsd{i}" for name in ("sure", "bad") for i in (1, 2)}

PARENTS = ["example.", "slow.", "boot.", "op."]
DS_TTL = {"example.": 1, "slow.": 120, "boot.": 1}


@dataclass(frozen=True)
class SignalZone:
    """A zone for signals of RFC 9615; empty at first, the tests fill it with `dskeeper signal`."""

    zone: str
    server: str
    chain: str  # whole; none: no DS above it; broken: a DS of a key that it does not have

    @property
    def name_server(self):
        return f"ns1.{self.server.rstrip('1')}.op."


CUT = "_dsboot.cut.boot._signal.ns1.bind.op."
SIGNAL_ZONES = [
    SignalZone(f"_signal.ns{i}.{operator}.op.", server, chain)
    for operator, server, chain in [("knot", "knot1", "whole"), ("bind", "bind1", "whole"),
                                    ("nsd", "knot1", "none"), ("bad", "knot1", "broken"),
                                    ("sure", "knot1", "whole")]
    for i in (1, 2)
] + [SignalZone(CUT, "nsd1", "whole")]


@dataclass(frozen=True)
class Child:
    zone: str
    operator: str  # knot, bind or nsd
    secure: bool = True  # its DS is in the parent from the start
    signed: bool = True
    in_domain: bool = False  # its NS are ns1 and ns2 below itself, with glue in the parent
    nsec3: bool = False
    policy: str = ""  # Knot: name of the signing policy
    only_at: tuple = (1, 2)  # which of the operator's two servers know the zone
    hosts: str = ""  # under which name its NS are; empty: the operator's
    third: bool = False  # and a third NS, ns3 below itself, which is the operator's first server
    algorithm: str = "ECDSAP256SHA256"  # NSD: of its keys

    @property
    def parent(self):
        return self.zone.split(".", 1)[1]

    @property
    def name_servers(self):
        owner = self.zone if self.in_domain else self.hosts or f"{self.operator}.op."
        names = {f"ns{i}.{owner}": f"{self.operator}{i}" for i in (1, 2)}
        return names | ({f"ns3.{self.zone}": f"{self.operator}1"} if self.third else {})

    @property
    def glue(self):
        return {ns: server for ns, server in self.name_servers.items()
                if ns.endswith("." + self.zone)}


CHILDREN = [
    Child("roll.example.", "knot", policy="restless"),
    Child("roll.slow.", "knot", policy="restless"),
    # Moves by CSYNC (RFC 7477) to the NSD servers, which have a place for it.
    Child("move.slow.", "knot", policy="steady"),
    Child("first.example.", "knot", secure=False, policy="asking"),
    Child("first2.example.", "knot", secure=False, policy="asking"),
    Child("rollbind.example.", "bind"),
    Child("quiet.example.", "nsd", secure=False, signed=False),
    Child("silent.example.", "nsd", in_domain=True),
    Child("silent3.example.", "nsd", in_domain=True, nsec3=True),
    Child("insync.example.", "nsd"),
    Child("leave.example.", "nsd"),
    Child("split.example.", "nsd"),
    Child("breaks.example.", "nsd"),
    Child("zsk.example.", "nsd"),
    Child("stale.example.", "nsd"),
    Child("lame.example.", "nsd", secure=False, only_at=(1,)),
    # Authenticated bootstrapping (RFC 9615): each asks for its first DS in its own way.
    Child("good.boot.", "knot", secure=False, policy="asking"),
    Child("absent.boot.", "knot", secure=False, policy="asking"),
    Child("goodbind.boot.", "bind", secure=False),
    Child("cut.boot.", "bind", secure=False),
    Child("asking.boot.", "nsd", secure=False),
    Child("bogus.boot.", "nsd", secure=False, hosts="bad.op."),
    Child("inside.boot.", "nsd", secure=False, in_domain=True),
    Child("half.boot.", "nsd", secure=False, only_at=(1,), hosts="sure.op."),
    Child("leave.boot.", "nsd", secure=False, hosts="sure.op."),
    Child("breaks.boot.", "nsd", secure=False, hosts="sure.op."),
    Child("stale.boot.", "nsd", secure=False, hosts="sure.op."),
    Child("again.boot.", "knot", secure=False, policy="asking"),
    Child("barred.boot.", "knot", secure=False, policy="asking"),
    Child("algorithm.boot.", "nsd", secure=False, hosts="sure.op.", algorithm="RSASHA1"),
    Child("digest.boot.", "nsd", secure=False, hosts="sure.op."),
    Child("csync.boot.", "nsd", secure=False, hosts="sure.op."),
    # The shape of RFC 9615's own example (§4.1): two name servers outside, one inside.
    Child("worked.boot.", "nsd", secure=False, hosts="sure.op.", third=True),
]


# The zone where a signal should be, on NSD: it has the child's own records, and signs them itself.
CUT_ZONE = Child(CUT, "nsd")


# Zones that the NSD servers know, and have no file of at first.
AWAITED = ["move.slow."]


def of(operator):
    return [child for child in CHILDREN if child.operator == operator]


def file_of(zone):
    """A zone's name as the stem of a file."""
    return zone.rstrip(".") or "root"
