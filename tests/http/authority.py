"""A certificate authority for one test, and the certificate of a server on 127.0.0.1 and localhost."""
import os
import ssl
import subprocess


def openssl(*words):
    subprocess.run(['openssl', *map(str, words)], check=True, capture_output=True)


class Authority:
    """`ca` is what clients must trust; `chain` and `key` are the server's."""

    def __init__(self, folder):
        self.ca, self.chain, self.key = (folder / name for name in ('ca.pem', 'server.pem', 'server.key'))
        curve = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes')
        openssl('req', '-x509', *curve, '-days', '2', '-keyout', folder / 'ca.key', '-out', self.ca,
                '-subj', '/CN=Authority of a test', '-addext', 'keyUsage=critical,keyCertSign')
        openssl('req', *curve, '-keyout', self.key, '-out', folder / 'server.csr', '-subj', '/CN=localhost')
        (folder / 'extensions').write_text('subjectAltName=DNS:localhost,IP:127.0.0.1\n')
        openssl('x509', '-req', '-in', folder / 'server.csr', '-CA', self.ca, '-CAkey', folder / 'ca.key',
                '-CAcreateserial', '-days', '2', '-out', self.chain, '-extfile', folder / 'extensions')
        os.chmod(self.key, 0o600)

    def trusted(self):
        """For a client."""
        return ssl.create_default_context(cafile=self.ca)

    def shown(self):
        """For a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain, self.key)
        return context
