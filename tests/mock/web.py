"""HTTPS on port 443 of an address, for tests in a network namespace of their own."""
import http.server
import threading


class Web:
    """HTTPS on port 443 of an address; pages by host and path."""

    def __init__(self, address, context, pages):
        self.asked = []
        asked = self.asked

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                key = self.headers["Host"] + self.path
                asked.append(key)
                kind, body = pages.get(key, (404, ""))
                self.send_response(kind if isinstance(kind, int) else 200)
                self.send_header("Location" if isinstance(kind, int) else "Content-Type", body if isinstance(kind, int) else kind)
                text = b"" if isinstance(kind, int) else body.encode()
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def finish_request(self, request, client_address):
                super().finish_request(context.wrap_socket(request, server_side=True), client_address)

            def handle_error(self, request, client_address):
                pass

        self.server = Server((address, 443), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)
