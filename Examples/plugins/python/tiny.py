#!/usr/bin/env python3
"""A tiny distribution for mkosi: packages are tar files next to an index.json; each contains usr/share/tiny/NAME.json."""
import glob, hashlib, json, os, sys, tarfile
wire, sys.stdout = sys.stdout, sys.stderr  # what is printed by accident must not get into the protocol
directory, owners = "", {}  # of paths, by what this build has installed

class Error(Exception): ...  # a code of the protocol and one sentence

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

def run(root, script, *arguments, files=(), capture=False):  # the script finds the tree as $1
    mounts = [{"kind": "bind", "source": path, "target": path, "writable": path == root} for path in [root, *files]]
    return host("host/run", arguments=["sh", "-euc", script, "sh", root, *arguments], mounts=mounts, capture=capture)

def initialize(p):
    global directory
    directory = p["pluginDirectory"]
    if not all(p[what]["min"] <= 1 <= p[what]["max"] for what in ("protocol", "interface")):
        raise Error(1, "this plugin speaks protocol 1 and interface 1 only")
    return {"protocol": 1, "interface": 1, "plugin": {"name": "tiny-python", "version": "1.0"}}

def installed(root):
    script = 'for f in "$1"/usr/share/tiny/*.json; do [ ! -e "$f" ] || cat "$f"; done'
    return [json.loads(line) for line in run(root, script, capture=True)["output"].splitlines()] if root else []

def resolve(p):
    path, chosen = p["context"]["cache"] + "/index.json", {}
    if not (mirror := p["context"].get("mirror")):
        raise Error(-32602, "this distribution has no mirror of its own, so Mirror= has to be set")
    if p.get("closed"):  # nothing but what a lock file names and what scripts have made
        open(path, "w").write("{}")
    else:
        host("host/fetch", urls=[mirror + "/index.json"], path=path)
    text, index = open(path, "rb").read(), {}
    for place in filter(None, [mirror, p["context"].get("localRepository")]):
        url = place if "://" in place else "file://" + place  # what scripts have made wins
        found = json.load(open(place + "/index.json")) if url != place else json.loads(text)
        index |= {name: {**package, "urls": [url + "/" + package["fileName"]]} for name, package in found.items()}
    for package in p.get("keep", []):  # of a lock file, perhaps no longer in the index
        index[package["name"]] = {"needs": read(package.pop("path"))["needs"], **package}
    have = {package["name"] for package in installed(p.get("root")) + p.get("present", [])}

    def choose(name, requested):
        if name in chosen or name in have:
            return
        if name not in index:
            raise Error(5, f"there is no package {name} in {mirror}")
        package = {**index[name], "requested": requested}
        for need in package.pop("needs"):
            choose(need, False)
        chosen[name] = package

    for name in ["base"] * ("base" in p["packageSets"]) + p["packages"]:
        choose(name, True)
    index = [{"url": mirror + "/index.json", "sha256": hashlib.sha256(text).hexdigest(), "signedBy": []}]
    return {"packages": list(chosen.values()), "indexes": index}

def install(p):
    for package in p["packages"]:
        run(p["root"], 'tar -x --numeric-owner -f "$2" -C "$1"', package["path"], files=[package["path"]])
        with tarfile.open(package["path"]) as tar:
            for member in tar:
                owners.setdefault("/" + os.path.normpath(member.name), []).append(package["name"])
    return {}

def read(path):
    with tarfile.open(path) as tar:
        return [json.load(tar.extractfile(m)) for m in tar if "usr/share/tiny/" in m.name and m.isfile()][0]

def make_repository(p):
    index = {}
    for path in glob.glob(p["directory"] + "/*.tar"):
        info, digest = read(path), hashlib.sha256(open(path, "rb").read()).hexdigest()
        size, name = os.path.getsize(path), os.path.basename(path)
        index[info["name"]] = info | {"size": size, "sha256": digest, "fileName": name}
    json.dump(index, open(p["directory"] + "/index.json", "w"), sort_keys=True)
    return {}

LIST = 'cd "$1/usr/share/tiny" && for file in *.json; do echo "${file%.json}"; done'
COMMANDS = [{"name": "tiny-list", "arguments": ["sh", "-euc", LIST, "sh", "${root}"]}]
METHODS = {
    "initialize": initialize,
    "describe": lambda p: json.load(open(directory + "/plugin.json"))["provides"],
    "distribution/configure": lambda p: {"files": [], "repositories": [], "commands": COMMANDS},
    "distribution/resolve": resolve,
    "distribution/install": install,
    "distribution/inspect": lambda p: {"packages": installed(p["root"]), "metadata": ["usr/share/tiny"]},
    "distribution/owners": lambda p: {"owners": {path: owners[path] for path in p["paths"] if path in owners}},
    "distribution/makeRepository": make_repository,
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
    except (KeyError, TypeError, ValueError, OSError) as error:
        answer["error"] = {"code": -32700 if answer["id"] is None else -32603, "message": str(error)}
    send(**answer)
