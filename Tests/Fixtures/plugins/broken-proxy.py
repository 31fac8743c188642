#!/usr/bin/env python3
"""A plugin that is broken in one way: broken-proxy.py PROGRAM FAULT passes messages on to PROGRAM, and spoils some."""
import json, subprocess, sys, threading

program, fault = sys.argv[1:]
real = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
lock = threading.Lock()
methods, roots, held = {}, {}, {}

CONTEXT = {
    "trusting": ("repositoryKeyCheck", False),
    "generous": ("recommends", True),
    "stingy": ("recommends", False),
    "wordy": ("documentation", True),
    "mute": ("documentation", False),
}
# What is done to the tree after an installation.
COMMANDS = {
    "loose": 'chmod 755 "$1/usr/bin/tool"',
    "plain-directories": 'chmod 755 "$1/var/lib/tool"',
    "copying": 'cp -p "$1/usr/bin/tool" "$1/usr/bin/x" && mv "$1/usr/bin/x" "$1/usr/bin/tool-again"',
    "following": 'rm "$1/usr/bin/tool-link" && ln -s /usr/bin/tool "$1/usr/bin/tool-link"',
    "talkative": 'echo installed >"$1/var/log/manager.log"',
    "careless": 'echo changed >"$1/etc/tool.conf"',
    "scriptless": 'rm "$1/var/lib/tool/state"',
    "plain-names": 'mv "$1/usr/share/ümlaut" "$1/usr/share/umlaut"',
    "powerless": 'cp --no-preserve=all "$1/usr/bin/helper" "$1/x" && chmod 755 "$1/x" && mv "$1/x" "$1/usr/bin/helper"',
    "rootly": 'chgrp 0 "$1/etc/tool.conf"',
    "unsticky": 'chmod 755 "$1/var/tmp"',
}


def out(message):
    with lock:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()


def to_real(message):
    to_real_as_it_is(json.dumps(message) + "\n")


def to_real_as_it_is(line):
    real.stdin.write(line.encode())
    real.stdin.flush()


def from_host():
    for line in sys.stdin:
        try:
            message = json.loads(line)
        except ValueError:
            to_real_as_it_is(line)
            continue
        method, parameters = message.get("method"), message.get("params", {})
        if method and "id" in message:
            methods[message["id"]], roots[message["id"]] = method, parameters.get("root")
            if fault in CONTEXT and "context" in parameters:
                name, value = CONTEXT[fault]
                parameters["context"][name] = value
            if fault == "keeping" and method == "distribution/remove":
                out({"jsonrpc": "2.0", "id": message["id"], "result": {}})
                continue
        if message.get("id") in held and not method:
            out(held.pop(message["id"]))
            continue
        to_real(message)
    real.stdin.close()


threading.Thread(target=from_host, daemon=True).start()
for line in real.stdout:
    message = json.loads(line)
    answered = methods.get(message.get("id")) if "method" not in message else None
    if answered and "error" in message and fault == "vague":
        message["error"] = {"code": message["error"]["code"], "message": "it did not work"}
    if answered == "distribution/configure" and fault == "helpless" and "result" in message:
        message["result"]["commands"] = []
    if answered == "distribution/install" and fault in COMMANDS and "result" in message:
        root = roots[message["id"]]
        held["spoil"] = message
        command = {"arguments": ["sh", "-c", COMMANDS[fault] + " || true", "sh", root]}
        out({"jsonrpc": "2.0", "id": "spoil", "method": "host/run", "params": command})
        continue
    out(message)
sys.exit(real.wait())
