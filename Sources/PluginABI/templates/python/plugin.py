#!/usr/bin/env python3
"""The @KIND@ @NAME@: a plugin of mkosi; PROTOCOL.md describes every message."""
import json
import sys

# What is printed by accident must not get into the protocol.
wire, sys.stdout = sys.stdout, sys.stderr
manifest = {}


class Error(Exception):
    """An error of the protocol: its code and one sentence."""


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), file=wire, flush=True)


def host(method, **params):
    """Asks the host and waits for its answer."""
    send(id="ask", method=method, params=params)
    for answer in map(json.loads, sys.stdin):
        if answer.get("id") == "ask":
            if "result" in answer:
                return answer["result"]
            raise Error(answer["error"]["code"], answer["error"]["message"])
    sys.exit(0)


def initialize(p):
    with open(p["pluginDirectory"] + "/plugin.json") as file:
        manifest.update(json.load(file))
    for what in "protocol", "interface":
        if not p[what]["min"] <= 1 <= p[what]["max"]:
            raise Error(1, f"this plugin supports only {what} version 1")
    plugin = {"name": manifest["name"], "version": manifest["version"]}
    return {"protocol": 1, "interface": 1, "plugin": plugin}


@include python/@KIND@.py@


METHODS["initialize"] = initialize
METHODS["describe"] = lambda p: manifest["provides"]

for line in sys.stdin:
    answer = {"id": None}
    try:
        request = json.loads(line)
        method, answer["id"] = request["method"], request.get("id")
        if method == "shutdown":
            break
        if "id" not in request:
            continue
        if method not in METHODS:
            raise Error(-32601, "there is no method " + method)
        answer["result"] = METHODS[method](request.get("params"))
    except Error as error:
        answer["error"] = {"code": error.args[0], "message": error.args[1]}
    except (KeyError, TypeError, ValueError, OSError) as error:
        code = -32700 if answer["id"] is None else -32603
        answer["error"] = {"code": code, "message": f"{type(error).__name__}: {error}"}
    send(**answer)
