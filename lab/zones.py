"""Texts of the zones as they are before anybody signs them."""

from world import (CHILDREN, CUT, DS_TTL, OPERATOR_NS, PARENT_NS, PARENTS, ROOT_NAME, SERVERS,
                   SIGNAL_ZONES)


def addresses(owner, server, ttl):
    server = SERVERS[server]
    return [f"{owner} {ttl} IN A {server.v4}", f"{owner} {ttl} IN AAAA {server.v6}"]


def soa(zone, primary, ttl, refresh):
    # The last number is the time a "no such record" is remembered: as short as can be, so that
    # nobody looks at the past for longer than a second.
    domain = zone.rsplit("_signal.", 1)[-1] if zone != "." else "root-servers.test."
    mail = "hostmaster." + domain  # a mail domain has no underscores
    return f"{zone} {ttl} IN SOA {primary} {mail} 1 {refresh} 1 86400 1"


def text(lines):
    return "\n".join(lines) + "\n"


def root(ds_of):
    lines = [soa(".", ROOT_NAME, 60, 60), f". 60 IN NS {ROOT_NAME}"]
    lines += addresses(ROOT_NAME, "root", 60)
    for parent in PARENTS:
        lines += [f"{parent} 60 IN NS {ns}" for ns in PARENT_NS]
        lines += [f"{parent} 60 IN DS {ds}" for ds in ds_of[parent]]
    for ns, server in PARENT_NS.items():
        lines += addresses(ns, server, 60)
    return text(lines)


def delegation(signals, ds_of):
    lines = [f"{signals.zone} 2 IN NS {signals.name_server}"]
    if signals.chain == "none":
        return lines
    ds = ds_of[signals.zone]
    if signals.chain == "broken":
        ds = [one[:-4] + one[-4:][::-1].translate(str.maketrans("0123456789", "9876543210"))
              for one in ds]
    return lines + [f"{signals.zone} 2 IN DS {one}" for one in ds]


def signaling(signals, ds_of):
    """Without any signals; that of ns1.bind.op. has a zone cut where a signal should be."""
    lines = [soa(signals.zone, signals.name_server, 2, 60),
             f"{signals.zone} 2 IN NS {signals.name_server}"]
    for cut in SIGNAL_ZONES:
        if cut.zone == CUT != signals.zone and CUT.endswith("." + signals.zone):
            lines += delegation(cut, ds_of)
    return text(lines)


def operators(ds_of):
    """op.: the names and addresses of all name servers that serve parents and children."""
    lines = [soa("op.", "ns1.op.", 60, 60)] + [f"op. 60 IN NS {ns}" for ns in PARENT_NS]
    for ns, server in (PARENT_NS | OPERATOR_NS).items():
        lines += addresses(ns, server, 60)
    for signals in SIGNAL_ZONES:
        if signals.zone != CUT:
            lines += delegation(signals, ds_of)
    return text(lines)


def parent(zone, ds_of):
    lines = [soa(zone, "ns1.op.", 1, 2)] + [f"{zone} 5 IN NS {ns}" for ns in PARENT_NS]
    for child in CHILDREN:
        if child.parent != zone:
            continue
        lines += [f"{child.zone} 5 IN NS {ns}" for ns in child.name_servers]
        if child.secure:
            lines += [f"{child.zone} {DS_TTL[zone]} IN DS {ds}" for ds in ds_of[child.zone]]
        for ns, server in child.glue.items():
            lines += addresses(ns, server, 5)
    return text(lines)


def child(child, extra=()):
    """A child's zone; extra are further records at its apex, such as '1 IN CDS ...'."""
    primary = next(iter(child.name_servers))
    lines = [soa(child.zone, primary, 1, 2)]
    lines += [f"{child.zone} 2 IN NS {ns}" for ns in child.name_servers]
    lines += [f"www.{child.zone} 2 IN A 192.0.2.80"]
    lines += [f"{child.zone} {record}" for record in extra]
    for ns, server in child.glue.items():
        lines += addresses(ns, server, 2)
    return text(lines)
