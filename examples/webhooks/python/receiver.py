"""Receives webhooks of the jobs API; docs/webhooks.md says why it does what it does."""

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 300  # seconds


def verify(secret, headers, body):
    """Checks webhook-signature. Returns what to drop repeats by, or None: refuse it."""
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE:
        return None
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{webhook_id}.{timestamp}.".encode() + body
    expected = b"v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    sent = headers.get("webhook-signature", "").split(" ")
    return webhook_id if any([hmac.compare_digest(expected, one.encode()) for one in sent]) else None


def verify_x_signature(secret, headers, body):
    """Checks X-Signature. Returns what to drop repeats by, or None: refuse it."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return expected if hmac.compare_digest(expected.encode(), headers.get("X-Signature", "").encode()) else None


LONGEST = 1 << 20  # bytes of a body


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    secret = os.environ.get("WEBHOOK_SECRET") or sys.exit("WEBHOOK_SECRET is missing")
    seen = set()  # Yours is a table with a unique column, written in the transaction that does the work.

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > LONGEST:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)  # the bytes as they came: parsed and written again they may differ
        check = verify_x_signature if self.path == "/x-signature" else verify
        known_by = check(self.secret, self.headers, body)
        if known_by is None:
            return self.answer(401)
        if known_by not in self.seen:
            self.handle_event(json.loads(body))
            self.seen.add(known_by)
        self.answer(204)

    def handle_event(self, event):
        """Your code. Quickly: put it into a queue of your own, work later."""
        print(event["event"], event.get("job_id", ""), flush=True)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "4000"))), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
