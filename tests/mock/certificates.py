"""A certificate authority of the test's own, and certificates for servers."""
import pathlib
import ssl
import subprocess


class Authority:
    """Makes a P-256 root in the folder; ca_file is what a client trusts."""

    def __init__(self, folder, name="Test Root"):
        self.dir = pathlib.Path(folder)
        self.dir.mkdir(parents=True, exist_ok=True)
        self.ca_file, self.key = self.dir / "ca.pem", self.dir / "ca.key"
        self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key, "-out", self.ca_file,
                      "-days", "30", "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext",
                      "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, *names, days=30):
        """(certificate file, key file) for these names ("localhost", "IP:127.0.0.1")."""
        base = self.dir / names[0].replace(":", "-")
        certificate, key, request, extension = (base.with_name(base.name + end) for end in (".pem", ".key", ".csr", ".ext"))
        extension.write_text("basicConstraints=CA:FALSE\nsubjectAltName=" + ",".join(n if ":" in n else "DNS:" + n for n in names) + "\n")
        self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request, "-subj",
                      "/CN=" + names[0].replace(":", "-"))
        self._openssl("x509", "-req", "-in", request, "-CA", self.ca_file, "-CAkey", self.key, "-set_serial", str(abs(hash(base))), "-days", str(days),
                      "-extfile", extension, "-out", certificate)
        key.chmod(0o644)  # servers read it as users of their own
        return certificate, key

    def context(self, *names, days=30):
        """What a Python server needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(*names, days=days))
        return context

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(["openssl", *[str(a) for a in arguments]], check=True, capture_output=True)
