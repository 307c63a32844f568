"""The proxies of ``deploy/`` as they stand there, in front of a Gonogo: real Caddy, real nginx, a real certificate."""

from __future__ import annotations

import shutil
import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.programs import ensure_program
from tests.servers import Server, find_port

DEPLOY = Path(__file__).parents[2] / "deploy"
SITE = "localhost"


class Proxy(Server):
    """One of them, with ``upstream`` as the port of Gonogo."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.upstream = find_port()
        self.certificate = write_certificate(self.folder)

    @property
    def url(self) -> str:
        return f"https://{SITE}:{self.port}"

    @property
    def trust(self) -> ssl.SSLContext:
        """What a client needs to believe this proxy's certificate."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def _answers(self) -> bool:
        try:
            return bool(httpx.get(self.url, verify=self.trust).status_code)
        except httpx.TransportError:
            return False


class Caddy(Proxy):
    """``deploy/caddy/Caddyfile``, told the site, its certificate and the upstream by the environment."""

    def __init__(self) -> None:
        super().__init__("caddy")
        options = "admin off\nauto_https disable_redirects\nskip_install_trust\nstorage file_system " + str(self.folder)
        (self.folder / "Caddyfile").write_text(f"{{\n{options}\n}}\nimport {DEPLOY}/caddy/Caddyfile\n")

    def _command(self) -> list[str]:
        caddy = Path(sys.executable).with_name("caddy")
        tls = f"tls {self.certificate} {self.folder / 'key.pem'}"
        named = [f"GONOGO_SITE={self.url}", f"GONOGO_TLS={tls}", f"GONOGO_UPSTREAM=127.0.0.1:{self.upstream}"]
        return ["env", *named, str(caddy), "run", "--config", str(self.folder / "Caddyfile"), "--adapter", "caddyfile"]


class Nginx(Proxy):
    """``deploy/nginx/gonogo.conf`` with its marked lines changed, as its head says."""

    def __init__(self) -> None:
        super().__init__("nginx")
        self._program = ensure_program("nginx", "nginx-light")
        site = (DEPLOY / "nginx/gonogo.conf").read_text()
        for was, now in (
            ("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl"),
            ("/etc/ssl/control.example.com.pem", str(self.certificate)),
            ("/etc/ssl/control.example.com.key", str(self.folder / "key.pem")),
            ("server_name control.example.com", f"server_name {SITE}"),
            ("server 127.0.0.1:8700", f"server 127.0.0.1:{self.upstream}"),
        ):
            assert was in site
            site = site.replace(was, now)
        (self.folder / "gonogo.conf").write_text(site)
        temporary = "".join(
            f"{kind}_temp_path {self.folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        head = f"daemon off;\nerror_log {self.folder}/error.log;\npid {self.folder}/pid;\nevents {{}}\n"
        site = f"http {{\naccess_log off;\n{temporary}include {self.folder}/gonogo.conf;\n}}\n"
        (self.folder / "nginx.conf").write_text(head + site)
        if shutil.which("chown"):
            self.folder.chmod(0o755)

    def _command(self) -> list[str]:
        return [self._program, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]


def write_certificate(folder: Path) -> Path:
    """A certificate for ``localhost`` that signs itself, as ``certificate.pem`` beside its ``key.pem``."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SITE)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(SITE)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(private)
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(encoding))
    return path
