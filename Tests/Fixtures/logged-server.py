#!/usr/bin/env python3
"""Serves a directory on the loopback and writes each path that is asked for to a file: logged-server.py DIRECTORY LOG.

Prints its port; ends with its standard input.
"""
import functools
import http.server
import os
import sys
import threading

directory, log = sys.argv[1:]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        with open(log, "a", encoding="utf-8") as file:
            file.write(self.path + "\n")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory))
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
