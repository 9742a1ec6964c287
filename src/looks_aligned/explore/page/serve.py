"""Serve the built book on a local port: the one asked for, else any that is free."""

import argparse
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def main() -> None:
    """Read the command line and serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    with bound(arguments.folder, arguments.port) as server:
        print(f"Looks Aligned is at http://127.0.0.1:{server.server_port}/ (Ctrl-C stops it)", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def bound(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of `folder` on `port`, or on a free port if that one is taken."""
    handler = partial(_Quiet, directory=str(folder))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        return ThreadingHTTPServer(("127.0.0.1", 0), handler)


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # one connection for many files

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Where there is nothing, answer as web hosts do: with the nearest 404.html in a folder above."""
        asked = Path(self.translate_path(self.path))
        pages = [page for folder in asked.parents if (page := folder / "404.html").is_file()]
        if code != HTTPStatus.NOT_FOUND or not pages or not pages[0].is_relative_to(self.directory):
            return super().send_error(code, message, explain)
        body = pages[0].read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    main()
