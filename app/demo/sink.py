#!/usr/bin/python3
"""Several mail servers and their DNS, played on loopback for the demonstration.

Each destination has a loopback address of its own and one behaviour. The DNS answers MX and A for the domains below, on one UDP port.
Nothing leaves this computer. Messages are counted, not kept.

    sink.py --smtp-port P --dns-port Q [--greylist SECONDS]
"""
import argparse
import asyncio
import struct
import sys
import time

# domain: (address, behaviour)
DESTINATIONS = {
    "accepts.example": ("127.0.0.11", "accept"),
    "friends.example": ("127.0.0.12", "accept"),
    "greylists.example": ("127.0.0.13", "greylist"),
    "nobody.example": ("127.0.0.14", "unknown"),
    "full.example": ("127.0.0.15", "full"),
    "down.example": ("127.0.0.16", "down"),
}
SIZE_LIMIT = 50 * 1024 * 1024


class Server:
    """One destination: a small, correct SMTP server with one habit."""

    def __init__(self, domain, behaviour, greylist):
        self.domain, self.behaviour, self.greylist = domain, behaviour, greylist
        self.first_seen, self.accepted = {}, 0

    def rcpt(self, address):
        if self.behaviour == "unknown":
            return f"550 5.1.1 <{address}>: no such user here"
        if self.behaviour == "full":
            return f"452 4.2.2 <{address}>: the mailbox is full"
        if self.behaviour == "greylist":
            seen = self.first_seen.setdefault(address, time.monotonic())
            if time.monotonic() - seen < self.greylist:
                return "450 4.2.0 Greylisted, please try again later"
        return "250 2.1.5 Ok"

    async def body(self, reader):
        size = 0
        while True:
            line = await reader.readuntil(b"\n")
            if line == b".\r\n":
                return size
            size += len(line)

    async def session(self, reader, writer):
        async def say(text):
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        recipients = 0
        try:
            await say(f"220 mx.{self.domain} ESMTP")
            while True:
                line = (await reader.readuntil(b"\n")).decode("utf-8", "replace").strip()
                verb = line.split(" ", 1)[0].upper()
                if verb == "EHLO":
                    await say(f"250-mx.{self.domain}\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE {SIZE_LIMIT}")
                elif verb in ("HELO", "NOOP", "RSET", "MAIL"):
                    recipients = 0
                    await say("250 2.0.0 Ok")
                elif verb == "RCPT":
                    reply = self.rcpt(line[line.find("<") + 1:line.find(">")])
                    recipients += reply.startswith("2")
                    await say(reply)
                elif verb == "DATA" and recipients:
                    await say("354 Go on")
                    size = await self.body(reader)
                    self.accepted += 1
                    await say(f"250 2.0.0 Ok: {size} bytes taken")
                elif verb == "DATA":
                    await say("554 5.5.1 No valid recipients")
                elif verb == "QUIT":
                    await say("221 2.0.0 Bye")
                    break
                else:
                    await say("500 5.5.2 Unknown command")
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        writer.close()


def dns_name(packet, offset):
    labels = []
    while packet[offset]:
        length = packet[offset]
        labels.append(packet[offset + 1:offset + 1 + length].decode("ascii", "replace"))
        offset += length + 1
    return ".".join(labels).lower(), offset + 1


def encode_name(name):
    return b"".join(bytes([len(p)]) + p.encode() for p in name.split(".")) + b"\0"


class Dns(asyncio.DatagramProtocol):
    """MX and A of the destinations; NXDOMAIN for every other name."""

    def connection_made(self, transport):
        self.transport = transport

    def answer(self, name, kind):
        host = name[3:] if name.startswith("mx.") else name
        if host not in DESTINATIONS:
            return 3, []
        if kind == 15 and host == name:
            return 0, [struct.pack(">H", 10) + encode_name("mx." + host)]
        if kind == 1:
            return 0, [bytes(int(x) for x in DESTINATIONS[host][0].split("."))]
        return 0, []

    def datagram_received(self, data, peer):
        try:
            name, end = dns_name(data, 12)
            kind, _ = struct.unpack(">HH", data[end:end + 4])
        except (IndexError, struct.error):
            return
        rcode, records = self.answer(name, kind)
        head = data[:2] + struct.pack(">HHHHH", 0x8180 | rcode, 1, len(records), 0, 0)
        body = data[12:end + 4]
        for r in records:
            body += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 60, len(r)) + r
        self.transport.sendto(head + body, peer)


async def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--dns-port", type=int, required=True)
    parser.add_argument("--greylist", type=float, default=8)
    args = parser.parse_args()
    for domain, (address, behaviour) in DESTINATIONS.items():
        if behaviour == "down":
            continue
        server = Server(domain, behaviour, args.greylist)
        await asyncio.start_server(server.session, address, args.smtp_port, limit=1024 * 1024)
    await asyncio.get_running_loop().create_datagram_endpoint(Dns, local_addr=("127.0.0.1", args.dns_port))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(0)
