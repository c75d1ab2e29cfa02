"""A storage that is reached by HTTP: serves a folder, takes what is put, and fails where asked.

Run as a program with the folder: prints its address, ends with its input. GET, HEAD and PUT are
those of an object storage; of a name that begins with `cut` the connection breaks in
the middle, one with `denied` is refused, one with `broken` is an error of the server, as long as
there is no file `well` in the folder.
"""

from __future__ import annotations

import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REFUSED = {"denied": 403, "broken": 500}
WELL = "well"


class Storage(SimpleHTTPRequestHandler):
    """Folders are pages of links, as web servers show them."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or fail in the way that its name asks for."""
        path = Path(self.translate_path(self.path))
        is_well = Path(self.directory, WELL).exists()
        for word, status in REFUSED.items():
            if path.name.startswith(word) and not is_well:
                self.send_error(status)
                return
        if is_well or not path.name.startswith("cut"):
            super().do_GET()
            return
        content = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.close_connection = True

    def do_PUT(self) -> None:
        """Keep a file, whole or not at all."""
        path = Path(self.translate_path(self.path))
        content = self.rfile.read(int(self.headers["Content-Length"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(f".{path.name}").write_bytes(content)
        path.with_name(f".{path.name}").replace(path)
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main(folder: str) -> None:
    handler = partial(Storage, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
