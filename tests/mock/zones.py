"""A name server that answers from a dictionary, over UDP and TCP on loopback: what a real one would refuse to load can be served too.

    with Zones({"example.com": [("TXT", ["v=spf1 -all"]), ("A", "192.0.2.1"), "TIMEOUT"]}) as dns: ... dns.port

A record is (type, value): TXT a list of strings or bytes, MX (preference, name), SOA (server, person, serial), TLSA, CAA, DS and DNSKEY bytes, others as text. "TIMEOUT": from there on no
answer. "SERVFAIL": that code. "SECURE": answers say that their signatures were checked (AD). "BOGUS": as a server that checks answers where signatures do not fit, SERVFAIL but for whoever does
not want them checked (CD). A name that begins with "*." answers for names below it that are not there.
"""
import ipaddress
import socket
import struct
import threading

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "DS": 43, "DNSKEY": 48, "TLSA": 52, "CAA": 257}
NAMES = {number: name for name, number in TYPES.items()}


def encode_name(name):
    labels = [label for label in name.rstrip(".").encode("latin-1", "replace").split(b".") if label]
    return b"".join(bytes([min(len(label), 63)]) + label[:63] for label in labels) + b"\0"


def encode_value(kind, value):
    if kind == "A":
        return ipaddress.IPv4Address(value).packed
    if kind == "AAAA":
        return ipaddress.IPv6Address(value).packed
    if kind == "MX":
        return struct.pack(">H", value[0]) + encode_name(value[1])
    if kind == "SOA":
        return encode_name(value[0]) + encode_name(value[1]) + struct.pack(">IIIII", value[2], 3600, 600, 86400, 60)
    if kind in ("TLSA", "CAA", "DS", "DNSKEY"):
        return value
    if kind == "TXT":
        strings = [s if isinstance(s, bytes) else s.encode("utf-8") for s in ([value] if isinstance(value, (str, bytes)) else value)]
        pieces = [s[i:i + 255] for s in strings for i in range(0, max(len(s), 1), 255)]
        return b"".join(bytes([len(p)]) + p for p in pieces)
    return encode_name(value)


def read_question(packet):
    labels, at = [], 12
    while packet[at]:
        labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1").lower())
        at += packet[at] + 1
    return ".".join(labels), struct.unpack(">H", packet[at + 1:at + 3])[0], at + 5


class Zones:
    def __init__(self, zones, address="127.0.0.1", port=0, authoritative=True):
        self.address, self.wanted_port, self.authoritative = address, port, authoritative
        self.zones = {name.lower().rstrip("."): rows for name, rows in zones.items()}
        self.asked = []
        self.udp, self.tcp = self._bind()
        self.port = self.udp.getsockname()[1]
        for target in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=target, daemon=True).start()

    def _bind(self):
        """One port that is free for both."""
        for _ in range(50):
            udp, tcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                udp.bind((self.address, self.wanted_port))
                tcp.bind((self.address, udp.getsockname()[1]))
                tcp.listen(16)
                return udp, tcp
            except OSError:
                udp.close()
                tcp.close()
        raise OSError("no port is free for UDP and TCP")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.udp.close()
        self.tcp.close()

    def _source(self, name):
        """The name that has the records: itself, or the wildcard next above (RFC 4592)."""
        rest = name
        while rest not in self.zones and "." in rest:
            rest = rest.split(".", 1)[1]
            if "*." + rest in self.zones:
                return "*." + rest
        return name

    def _rows(self, name, kind):
        """Records, and whether something stops the answer."""
        found, stop = [], None
        for row in self.zones.get(self._source(name), []):
            if row in ("SECURE", "BOGUS"):
                continue
            if isinstance(row, str):
                stop = stop or (row if not found else None)
            elif row[0] in (kind, "CNAME"):
                found.append(row)
        return found, stop

    def answer(self, packet, limit):
        name, number, end = read_question(packet)
        kind = NAMES.get(number, "?")
        self.asked.append((name, kind))
        rows, stop = self._rows(name, kind)
        if stop == "TIMEOUT" or name.startswith("error."):
            return None
        records, at = [], name
        for _ in range(10):
            aliases = [row for row in rows if row[0] == "CNAME"]
            records += [(at, row) for row in (aliases or rows)]
            if not aliases or kind == "CNAME":
                break
            at = aliases[0][1].lower().rstrip(".")
            rows, _ = self._rows(at, kind)
        body = b"".join(encode_name(owner) + struct.pack(">HHIH", TYPES[row[0]], 1, 60, len(encode_value(*row))) + encode_value(*row)
                        for owner, row in records)
        source = self._source(name)
        marks = self.zones.get(source, [])
        code = 2 if stop == "SERVFAIL" or ("BOGUS" in marks and not packet[3] & 0x10) else 0 if records or source in self.zones else 3
        if code == 2:
            records, body = [], b""
        flags = (0x8580 if self.authoritative else 0x8180) | (0x20 if "SECURE" in marks and packet[3] & 0x20 else 0) | code
        head = struct.pack(">2sHHHHH", packet[:2], flags, 1, len(records), 0, 0)
        whole = head + packet[12:end] + body
        if len(whole) > limit:
            return struct.pack(">2sHHHHH", packet[:2], 0x8780, 1, 0, 0, 0) + packet[12:end]
        return whole

    def _serve_udp(self):
        while True:
            try:
                packet, peer = self.udp.recvfrom(4096)
                reply = self.answer(packet, 1232)
                if reply:
                    self.udp.sendto(reply, peer)
            except (OSError, ValueError):
                return

    def _serve_tcp(self):
        while True:
            try:
                connection, _ = self.tcp.accept()
            except (OSError, ValueError):
                return
            with connection:
                connection.settimeout(5)
                try:
                    length = struct.unpack(">H", connection.recv(2, socket.MSG_WAITALL))[0]
                    reply = self.answer(connection.recv(length, socket.MSG_WAITALL), 65535)
                    if reply:
                        connection.sendall(struct.pack(">H", len(reply)) + reply)
                except (OSError, struct.error):
                    pass
