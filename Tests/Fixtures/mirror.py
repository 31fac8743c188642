#!/usr/bin/env python3
"""A mirror with manners of every kind, on the loopback only: mirror.py DIRECTORY.

Prints its port; ends with its standard input, and removes the directory. `/MANNER/TEST/NAME` is the file NAME of the
directory TEST/files, given in that manner. `/log/TEST` answers with the test's requests so far.
"""
import collections
import http.server
import json
import os
import shutil
import sys
import threading
import time

directory = sys.argv[1]
counts = collections.Counter()
log = []
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        with lock:
            counts[self.path] += 1
            count = counts[self.path]
            if parts[0] != "log":
                log.append({"path": self.path, "range": self.headers.get("Range"), "client": self.client_address[1]})
        if parts[0] == "log":
            own = [entry for entry in log if f"/{parts[1]}/" in entry["path"]]
            return self.answer(200, json.dumps(own).encode())
        # A client that takes this for a proxy sends the whole URL.
        if parts[0] == "http:":
            parts = parts[3:]
        manner, test, name = parts[0], parts[-2], parts[-1]
        try:
            with open(os.path.join(directory, test, "files", name), "rb") as file:
                content = file.read()
        except OSError:
            return self.answer(404, b"no such file")
        getattr(self, "manner_" + manner.replace("-", "_"))(content, count, parts)

    def answer(self, status, body, headers=(), length=None):
        self.begin(status, headers, len(body) if length is None else length)
        self.wfile.write(body)

    def begin(self, status, headers, length):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def wanted(self, content):
        """The part that is asked for: status, headers, bytes."""
        wanted = self.headers.get("Range")
        if not wanted:
            return 200, [], content
        start = int(wanted.removeprefix("bytes=").split("-")[0])
        if start >= len(content):
            return 416, [("Content-Range", f"bytes */{len(content)}")], b""
        return 206, [("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")], content[start:]

    def manner_plain(self, content, count, parts):
        status, headers, body = self.wanted(content)
        self.answer(status, body, headers)

    def manner_noranges(self, content, count, parts):
        self.answer(200, content)

    def manner_wrongrange(self, content, count, parts):
        """Sends other bytes than those asked for, the first time."""
        if count == 1 and self.headers.get("Range"):
            return self.answer(206, content[1:], [("Content-Range", f"bytes 1-{len(content) - 1}/{len(content)}")])
        self.manner_plain(content, count, parts)

    def manner_cut(self, content, count, parts):
        """Closes the connection after a third of what is left, three times."""
        status, headers, body = self.wanted(content)
        if count > 3:
            return self.answer(status, body, headers)
        self.answer(status, body[: len(body) // 3], headers, length=len(body))
        self.close_connection = True

    def manner_alwayscut(self, content, count, parts):
        """Sends a hundred bytes and closes the connection, always."""
        status, headers, body = self.wanted(content)
        self.answer(status, body[:100], headers, length=len(body))
        self.close_connection = True

    def manner_stall(self, content, count, parts):
        """Goes silent after half, the first time."""
        status, headers, body = self.wanted(content)
        if count > 1:
            return self.answer(status, body, headers)
        self.answer(status, body[: len(body) // 2], headers, length=len(body))
        self.wfile.flush()
        time.sleep(30)

    def manner_trickle(self, content, count, parts):
        """A hundred bytes a second, for as long as the client listens."""
        status, headers, body = self.wanted(content)
        self.begin(status, headers, len(body))
        try:
            for start in range(0, len(body), 10):
                self.wfile.write(body[start : start + 10])
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            self.close_connection = True

    def manner_endless(self, content, count, parts):
        """States the greatest length that there is."""
        status, headers, body = self.wanted(content)
        self.answer(status, body[:100], headers, length=2**63 - 1)
        self.close_connection = True

    def manner_slow(self, content, count, parts):
        """About 200 kB a second."""
        status, headers, body = self.wanted(content)
        self.begin(status, headers, len(body))
        for start in range(0, len(body), 10000):
            self.wfile.write(body[start : start + 10000])
            self.wfile.flush()
            time.sleep(0.05)

    def manner_unavailable(self, content, count, parts):
        """503 as often as the second component says."""
        if count <= int(parts[1]):
            return self.answer(503, b"later")
        self.manner_plain(content, count, parts)

    def manner_busy(self, content, count, parts):
        if count == 1:
            return self.answer(429, b"slower", [("Retry-After", "2")])
        self.manner_plain(content, count, parts)

    def manner_forbidden(self, content, count, parts):
        self.answer(403, b"no")

    def manner_corrupt(self, content, count, parts):
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        status, headers, body = self.wanted(bytes(changed))
        self.answer(status, body, headers)

    def manner_long(self, content, count, parts):
        """Sends more and more, and does not say how much."""
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(200):
            self.wfile.write(content)
            self.wfile.write(bytes(1 << 16))

    def manner_longer(self, content, count, parts):
        self.answer(200, content + b"more")

    def manner_shorter(self, content, count, parts):
        self.answer(200, content[:-1])

    def manner_redirect(self, content, count, parts):
        self.answer(302, b"", [("Location", f"/plain/{parts[-2]}/{parts[-1]}")])

    def manner_loop(self, content, count, parts):
        self.answer(302, b"", [("Location", self.path)])

    def manner_elsewhere(self, content, count, parts):
        """To a scheme that has no business here."""
        self.answer(302, b"", [("Location", f"file://{directory}/{parts[-2]}/files/{parts[-1]}")])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
shutil.rmtree(directory, ignore_errors=True)
