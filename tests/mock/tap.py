"""A pipe between a client and a server that keeps what each said: shows the very bytes of a message that a client made by itself."""
import socket
import threading


class Tap:
    """Listens on a free port of loopback and passes everything on to `port`."""

    def __init__(self, port, host="127.0.0.1"):
        self.target = (host, port)
        self.sessions = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.target)
            except OSError:
                return
            session = {"client": bytearray(), "server": bytearray()}
            self.sessions.append(session)
            for source, sink, log in ((client, server, session["client"]), (server, client, session["server"])):
                threading.Thread(target=self._pass, args=(source, sink, log), daemon=True).start()

    @staticmethod
    def _pass(source, sink, log):
        try:
            while data := source.recv(65536):
                log += data
                sink.sendall(data)
        except OSError:
            pass
        try:
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def messages(self):
        """What was sent as messages in all sessions, dots unstuffed."""
        return [m for session in self.sessions for m in messages_of(bytes(session["client"]))]


def messages_of(stream):
    """The messages in what one client sent."""
    found, lines = [], None
    for line in stream.split(b"\r\n"):
        if lines is None:
            if line.strip().upper() == b"DATA":
                lines = []
        elif line == b".":
            found.append(b"".join(l + b"\r\n" for l in lines))
            lines = None
        else:
            lines.append(line[1:] if line.startswith(b".") else line)
    return found
