"""Serves notes over HTTP."""

import os
from http.server import ThreadingHTTPServer

from notes.handler import Handler

PORT = int(os.environ.get("PORT", "8083"))

if __name__ == "__main__":
    print(f"notes on {PORT}", flush=True)
    ThreadingHTTPServer(("0.0.0.0", PORT), Handler).serve_forever()
