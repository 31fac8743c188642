#!/usr/bin/env python3
"""An artifact, a boot loader and a format of mkosi; PROTOCOL.md describes every message."""
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


def run(script, *arguments, writable=()):
    """Runs a script in the sandbox, where it finds the arguments as $1 and so on; paths among them are there."""
    paths = [argument for argument in arguments if argument.startswith("/")]
    mounts = [{"kind": "bind", "source": path, "target": path, "writable": path in writable} for path in paths]
    return host("host/run", arguments=["sh", "-euc", script, "sh", *arguments], mounts=mounts)


def make(p):
    """The initrd of a kernel: a greeting, the kernel's version, and the words that the tree has."""
    script = '{ echo "$3, $4"; cat "$1/usr/share/words"; } > "$2/initrd"'
    greeting, version = p["settings"]["TinyGreeting"], p["kernel"]["version"]
    run(script, p["root"], p["staging"], greeting, version, writable=[p["staging"]])
    return {"files": [{"name": "initrd"}]}


def install(p):
    """An entry for each kernel, with what it starts next to it."""
    options = " ".join(p["settings"]["KernelCommandLine"] or [])
    for kernel in p["kernels"]:
        version = kernel["version"]
        files = {a["kind"]: a["path"] for a in p["artifacts"] if a.get("kernel") == version}
        script = """
            mkdir -p "$1/boot/loader/entries" "$1/boot/$4"
            cp "$2" "$1/boot/$4/linux"
            cp "$3" "$1/boot/$4/initrd"
            printf 'linux /%s/linux\\ninitrd /%s/initrd\\noptions %s\\n' "$4" "$4" "$5" > "$1/boot/loader/entries/$4.conf"
        """
        run(script, p["root"], files["kernel"], files["tiny-initrd"], version, options, writable=[p["root"]])
    return {}


def assemble(p):
    """A line that says what starts, and the archive that the other format has made."""
    archive = [i["path"] for i in p["inputs"] if i["role"] == "image"][0]
    kernels = " ".join(kernel["version"] for kernel in p["kernels"])
    script = '{ echo "tiny disk: $4"; cat "$1"; } > "$2/$3"'
    run(script, archive, p["staging"], p["outputName"], kernels, writable=[p["staging"]])
    return {"outputs": [{"name": p["outputName"], "role": "image"}]}


def initialize(p):
    with open(p["pluginDirectory"] + "/plugin.json") as file:
        manifest.update(json.load(file))
    if not all(p[what]["min"] <= 1 <= p[what]["max"] for what in ("protocol", "interface")):
        raise Error(1, "this plugin speaks protocol 1 and interface 1 only")
    return {"protocol": 1, "interface": 1, "plugin": {"name": manifest["name"], "version": manifest["version"]}}


METHODS = {
    "initialize": initialize,
    "describe": lambda p: manifest["provides"],
    "artifact/make": make,
    "bootloader/install": install,
    "format/assemble": assemble,
}
for line in sys.stdin:
    answer = {"id": None}
    try:
        request = json.loads(line)
        if request["method"] == "shutdown":
            break
        if "id" not in request:
            continue  # nothing here takes so long that `cancel` would matter
        method, answer["id"] = request["method"], request["id"]
        if method not in METHODS:
            raise Error(-32601, "there is no method " + method)
        answer["result"] = METHODS[method](request.get("params"))
    except Error as error:
        answer["error"] = {"code": error.args[0], "message": error.args[1]}
    except (KeyError, IndexError, TypeError, ValueError, OSError) as error:
        answer["error"] = {"code": -32700 if answer["id"] is None else -32603, "message": f"{type(error).__name__}: {error}"}
    send(**answer)
