"""Configurations of the BIND instances: bind1 signs the child, bind2 is its secondary."""

from world import SERVERS, SIGNAL_ZONES, file_of, of

# The shortest that BIND 9.18 takes and works with. Signatures of data live long and are never
# renewed within a lab's life, so only the KSK moves.
POLICY = """
dnssec-policy restless {
    keys {
        ksk lifetime 60s algorithm ecdsap256sha256;
        zsk lifetime unlimited algorithm ecdsap256sha256;
    };
    dnskey-ttl 1s;
    max-zone-ttl 2s;
    publish-safety 1s;
    retire-safety 1s;
    zone-propagation-delay 1s;
    parent-ds-ttl 1s;
    parent-propagation-delay 1s;
    purge-keys 10s;
    signatures-validity 10d;
    signatures-validity-dnskey 10d;
    signatures-refresh 5d;
};
"""


def key(name, secret):
    return f'key "{name}" {{ algorithm hmac-sha256; secret "{secret}"; }};\n'


def head(directory, name, secret):
    server = SERVERS[name]
    return f"""\
options {{
    directory "{directory}/{name}/zones";
    pid-file none;
    lock-file none;
    session-keyfile none;
    managed-keys-directory "{directory}/{name}";
    listen-on {{ {server.v4}; }};
    listen-on-v6 {{ {server.v6}; }};
    query-source address {server.v4};
    transfer-source {server.v4};
    notify-source {server.v4};
    recursion no;
    dnssec-validation no;
    allow-transfer {{ none; }};
    notify no;
    notify-delay 0;
    serial-query-rate 1000;
    notify-rate 1000;
    min-refresh-time 1;
    min-retry-time 1;
}};

{key("rndc", secret)}
controls {{ inet {server.v4} port 953 allow {{ any; }} keys {{ rndc; }}; }};
"""


def rndc(name, secret):
    return f"""\
{key("rndc", secret)}
options {{ default-key rndc; default-server {SERVERS[name].v4}; default-port 953; }};
"""


def bind1(directory, secret, update):
    text = head(directory, "bind1", secret) + POLICY + key("update.", update)
    # checkds: BIND sees for itself when the parent has its DS.
    text += f"""
parental-agents parents {{ {SERVERS["parent"].v4}; {SERVERS["parent2"].v4}; }};
"""
    for child in of("bind"):
        text += f"""
zone "{child.zone}" {{
    type primary;
    file "{file_of(child.zone)}.zone";
    key-directory "{directory}/bind1/keys";
    dnssec-policy restless;
    inline-signing yes;
    parental-agents {{ parents; }};
    notify explicit;
    also-notify {{ {SERVERS["bind2"].v4}; }};
    allow-transfer {{ {SERVERS["bind2"].v4}; }};
}};
"""
    for signals in SIGNAL_ZONES:
        if signals.server == "bind1":
            text += f"""
zone "{signals.zone}" {{
    type primary;
    file "{file_of(signals.zone)}.zone";
    key-directory "{directory}/bind1/keys";
    dnssec-policy default;
    allow-update {{ key update.; }};
    allow-transfer {{ key update.; }};
}};
"""
    return text


def bind2(directory, secret, _):
    text = head(directory, "bind2", secret)
    for child in of("bind"):
        text += f"""
zone "{child.zone}" {{
    type secondary;
    file "{file_of(child.zone)}.zone";
    primaries {{ {SERVERS["bind1"].v4}; }};
    allow-notify {{ {SERVERS["bind1"].v4}; }};
}};
"""
    return text


CONFIGURATIONS = {"bind1": bind1, "bind2": bind2}
