"""Answers requests."""

from http.server import BaseHTTPRequestHandler

from greetings import greet


class Handler(BaseHTTPRequestHandler):
    """Says hello, and that it is well."""

    def do_GET(self):
        text = "ok" if self.path == "/healthz" else greet(self.path.strip("/") or "nobody")
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text.encode() + b"\n")

    def log_message(self, format, *args):
        """Quiet."""
