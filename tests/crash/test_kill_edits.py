#!/usr/bin/python3
"""SIGKILL while a person changes messages: what was answered is there, what was not is there whole or not at all, and no message is lost.

Sending is paused, so that every change can be looked at afterwards. MR_KILLS: how often (10)."""
import os
import random
import threading
import time

from crashlib import Failed
from harness import Profile, check, queue_id, run_cases, send

KILLS = int(os.environ.get("MR_KILLS", "10"))
MESSAGE = b"From: ann@sender.example\r\nTo: bob@recipient.example\r\nSubject: x\r\n\r\n" + b"0123456789" * 50 + b"\r\n"


class Person(threading.Thread):
    """Changes one message after the other until the service is gone. known: id -> (addresses that were answered, held); asked: the call that
    got no answer."""

    def __init__(self, service, state, seed):
        super().__init__(daemon=True)
        self.service, self.state, self.rng, self.answered = service, state, random.Random(seed), 0

    def run(self):
        while True:
            id = self.rng.choice(sorted(self.state["known"]))
            self.state["asked"] = id
            try:
                self.one(id, self.rng.randrange(5))
            except Exception:  # the service was killed
                return
            self.state["asked"] = None
            self.answered += 1

    def one(self, id, what):
        known, service = self.state["known"], self.service
        if what == 0:
            address = f"r{self.rng.randrange(10**9)}@recipient.example"
            service.call("Outbox", "EditRecipients", "(sa(sus))", id, [("add", 0, address)])
            known[id].append(address)
        elif what == 1:
            address = f"c{self.rng.randrange(10**9)}@recipient.example"
            service.call("Outbox", "EditRecipients", "(sa(sus))", id, [("correct", 0, address)])
            known[id][0] = address
        elif what == 2 and len(known) < 200:
            (made,) = service.call("Outbox", "SendAgain", "(asas)", [id], ["again@recipient.example"])
            known[made[0]] = ["again@recipient.example"]
        elif what == 3:
            service.call("Outbox", "Cancel", "(as)", [id])
            service.call("Outbox", "Restore", "(as)", [id])
        else:
            service.call("Outbox", "Schedule", "(asx)", [id], int((time.time() + 3600) * 1e6))


def kills():
    rng = random.Random(int(os.environ.get("MR_SEED", "1")))
    state = {"known": {}, "asked": None}
    answered = 0
    with Profile(bus=False) as profile:
        profile.configure({"account sink": {"addresses": "*", "host": "127.0.0.1", "port": "9", "tls": "none"},
                           "general": {"paused": "true"}, "log": {"level": "warning"}})
        service = profile.start_service()
        for _ in range(10):
            id = queue_id(send(profile.smtp, "ann@sender.example", ["bob@recipient.example"], MESSAGE))
            state["known"][id] = ["bob@recipient.example"]
        for n in range(KILLS):
            service.connect()
            person = Person(service, state, n)
            person.start()
            time.sleep(rng.uniform(0.05, 0.4))  # any moment is good
            service.process.kill()
            person.join(30)
            service.kill()
            answered += person.answered
            service = profile.start_service()
            for id, addresses in state["known"].items():
                message, _ = service.message(id)
                there = [r["address"] for r in message["recipients"]]
                unanswered = id == state["asked"]
                if unanswered:
                    state["known"][id] = there
                    check(len(there) - len(addresses) in (0, 1), f"{id}: {there}, {addresses} was answered")
                else:
                    check(there == addresses, f"{id}: {there}, {addresses} was answered")
                check(message["n-recipients"] == len(there) and message.get("hold", "none") == "none", f"{id} is whole: {message}")
                if message.get("finished") and not unanswered:
                    raise Failed(f"{id} is over: {message}")
                if message.get("finished"):  # killed between stop and undo
                    service.call("Outbox", "Restore", "(as)", [id])
            state["asked"] = None
        print(f"# {KILLS} kills, {answered} changes were answered, {len(state['known'])} messages")
        check(answered > KILLS, "changes were made")
        service.stop()


run_cases(kills)
