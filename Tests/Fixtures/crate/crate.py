#!/usr/bin/env -S python3 -SE
"""A format for tests: the image is one line of text; tests replace the comment in `assemble` by a fault."""
import json, os, sys, time
class Error(Exception): pass
def assemble(p):
    path = p["staging"] + "/" + p["outputName"]
    open(path, "w").write("image\n")
    outputs = [{"name": p["outputName"], "role": "image"}]
    # A fault is put here.
    return {"outputs": outputs}
def initialize(p):
    if p["protocol"]["min"] > 1 or p["interface"]["min"] > 1:
        raise Error(1, "no common version")
    return {"protocol": 1, "interface": 1, "plugin": {"name": "crate", "version": "1"}}
def describe(p):
    return {"formats": [{"name": "crate", "fileExtension": ".crate"}]}
METHODS = {"initialize": initialize, "describe": describe, "format/assemble": assemble}
for line in sys.stdin:
    answer = {"jsonrpc": "2.0", "id": None}
    try:
        request = json.loads(line)
        if request["method"] == "shutdown":
            break
        if "id" not in request:
            continue
        answer["id"] = request["id"]
        if request["method"] not in METHODS:
            raise Error(-32601, "there is no such method")
        answer["result"] = METHODS[request["method"]](request.get("params") or {})
    except Error as error:
        answer["error"] = {"code": error.args[0], "message": error.args[1]}
    except (KeyError, ValueError) as error:
        answer["error"] = {"code": -32700 if answer["id"] is None else -32602, "message": repr(error)}
    print(json.dumps(answer), flush=True)
