#!/usr/bin/env python3
"""Serves a directory on the loopback and writes each path that is asked for to a file: logged-server.py DIRECTORY LOG.

With a third argument it speaks HTTPS to clients with a certificate: a directory with ca.pem, server.pem and server-key.pem.
Prints its port; ends with its standard input.
"""
import functools
import http.server
import os
import ssl
import sys
import threading

directory, log, *certificates = sys.argv[1:]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        with open(log, "a", encoding="utf-8") as file:
            file.write(self.path + "\n")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=directory))
if certificates:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{certificates[0]}/server.pem", f"{certificates[0]}/server-key.pem")
    context.load_verify_locations(f"{certificates[0]}/ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
os._exit(0)
