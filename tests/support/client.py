# SPDX-License-Identifier: Apache-2.0
"""An HTTPS client of one kept connection, for black-box tests. One thread at a time.

It never verifies the certificate: the server under test has just made it itself.
"""

import http.client
import json
import socket
import ssl

ANSWER_TIMEOUT_S = 60

# What http.client raises when the server has closed a kept connection between two requests.
_CLOSED_WHILE_IDLE = (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError,
                      ConnectionAbortedError, ssl.SSLEOFError, ssl.SSLZeroReturnError)


class Answer:
    """What came back: `status`, `headers` (case does not matter), `json` (None if it is none), `text` (of text/*), `raw`."""

    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = headers
        self.raw = raw
        self.json = None
        media = (headers.get("Content-Type") or "").split(";")[0]
        self.text = raw.decode("utf-8", "replace") if media.startswith("text/") else ""
        if media.endswith(("/json", "+json")) and raw:
            self.json = json.loads(raw.decode("utf-8"))

    @property
    def code(self):
        """The stable code of a problem, None when the answer is none."""
        return self.json.get("code") if isinstance(self.json, dict) else None

    @property
    def pointers(self):
        """The pointers of a problem's `errors`, in order."""
        if not isinstance(self.json, dict):
            return []
        return [error.get("pointer") for error in self.json.get("errors", [])]

    def __repr__(self):
        return f"Answer({self.status}, {self.raw[:600]!r})"


def tls_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Client:
    """`bearer` is a credential or an operator's token; None asks as nobody."""

    def __init__(self, port, bearer=None, address="127.0.0.1", timeout=ANSWER_TIMEOUT_S):
        self._connection = None
        self.port = port
        self.bearer = bearer
        self.address = address
        self.timeout = timeout
        self._context = tls_context()

    def as_bearer(self, bearer):
        """Another client of the same server who shows another credential."""
        return Client(self.port, bearer, self.address, self.timeout)

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def __del__(self):
        self.close()

    def get(self, path, headers=None):
        return self.call("GET", path, headers=headers)

    def post(self, path, body=None, headers=None):
        return self.call("POST", path, body, headers)

    def call(self, method, path, body=None, headers=None):
        """Sends one request and reads the whole answer.

        `body`: None, bytes or str as they are, anything else as JSON. A header given as None is left out.
        """
        payload = encode_body(body)
        fields = self._fields(method, payload, headers or {})
        reused = self._connection is not None
        try:
            return self._exchange(method, path, payload, fields)
        except _CLOSED_WHILE_IDLE:
            self.close()
            if not reused:
                raise
            return self._exchange(method, path, payload, fields)
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def _fields(self, method, payload, extra):
        fields = {"Accept": "application/json"}
        if self.bearer is not None:
            fields["Authorization"] = f"Bearer {self.bearer}"
        if payload is not None:
            fields["Content-Type"] = "application/json"
            fields["Content-Length"] = str(len(payload))
        elif method not in ("GET", "HEAD"):
            fields["Content-Length"] = "0"
        for name, value in extra.items():
            for old in [known for known in fields if known.lower() == name.lower()]:
                del fields[old]
            if value is not None:
                fields[name] = value
        return fields

    def _exchange(self, method, path, payload, fields):
        if self._connection is None:
            self._connection = http.client.HTTPSConnection(
                self.address, self.port, timeout=self.timeout, context=self._context)
            self._connection.connect()
            self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Not request(): it would add a Content-Length of its own to a body the test wants to send without.
        self._connection.putrequest(method, path, skip_accept_encoding=True)
        for name, value in fields.items():
            self._connection.putheader(name, value.encode("utf-8") if isinstance(value, str) else value)
        try:
            self._connection.endheaders(payload)
        except (BrokenPipeError, ConnectionResetError):
            pass  # a server that refuses a body need not read it: its answer may be there already
        response = self._connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        if response.will_close:
            self.close()
        return answer


def encode_body(body):
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8")
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
