"""The password side of Postfix's "dovecot" SASL: a server of that line protocol with one user, so that a real Postfix asks for a log-in."""
import base64
import os
import socket
import threading

HELLO = b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tLOGIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00112233445566778899aabbccddeeff\nDONE\n"


class DovecotAuth:
    """Listens on a Unix socket; attempts: (mechanism, user, whether the password was right)."""

    def __init__(self, path, user, password):
        self.path, self.user, self.password, self.attempts = str(path), user, password, []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        os.chmod(self.path, 0o666)
        self.listener.listen(16)
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        open_logins = {}
        with connection, connection.makefile("rb") as lines:
            connection.sendall(HELLO)
            for line in lines:
                words = line.decode().rstrip("\n").split("\t")
                if words[0] == "AUTH":
                    number, mechanism = words[1], words[2]
                    given = [w[5:] for w in words if w.startswith("resp=")]
                    open_logins[number] = (mechanism, [])
                elif words[0] == "CONT":
                    number, given = words[1], words[2:3]
                else:
                    continue
                mechanism, parts = open_logins[number]
                parts += [base64.b64decode(g) for g in given]
                connection.sendall(self._answer(number, mechanism, parts))

    def _answer(self, number, mechanism, parts):
        if mechanism == "LOGIN" and len(parts) < 2:
            prompt = (b"Username:", b"Password:")[len(parts)]
            return b"CONT\t%s\t%s\n" % (number.encode(), base64.b64encode(prompt))
        if mechanism == "PLAIN" and not parts:
            return b"CONT\t%s\t\n" % number.encode()
        user, password = parts[0].split(b"\0")[1:] if mechanism == "PLAIN" else parts[:2]
        good = user.decode() == self.user and password.decode() == self.password
        self.attempts.append((mechanism, user.decode(), good))
        return (f"OK\t{number}\tuser={self.user}\n" if good else f"FAIL\t{number}\tuser={user.decode()}\n").encode()
