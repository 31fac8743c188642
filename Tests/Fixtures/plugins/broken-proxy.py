#!/usr/bin/env python3
"""A plugin that is broken in one way: broken-proxy.py PROGRAM FAULT passes messages on to PROGRAM, and spoils some."""
import json, os, re, shutil, subprocess, sys, threading

program, fault = sys.argv[1:]
real = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
lock = threading.Lock()
methods, roots, caches, held = {}, {}, {}, {}
RESOLVE, INSTALL, REMOVE = "distribution/resolve", "distribution/install", "distribution/remove"
INSPECT, OWNERS, CONFIGURE = "distribution/inspect", "distribution/owners", "distribution/configure"

CONTEXT = {
    "trusting": ("repositoryKeyCheck", False),
    "suspicious": ("repositoryKeyCheck", True),
    "generous": ("recommends", True),
    "stingy": ("recommends", False),
    "wordy": ("documentation", True),
    "mute": ("documentation", False),
    "lonely": ("localRepository", None),
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
    "relinking": 'rm "$1/sbin" && mkdir "$1/sbin"',
    "littering": ': >"$1/var/tmp/leftover"; : >"$1/tmp/leftover"; : >"$1/run/leftover"',
    "homely": ': >"$1/root/.history"',
    "mounting": ': >"$1/dev/leftover"; : >"$1/sys/leftover"',
    "padding": 'echo >"$1/usr/share/modes/nothing"',
    "cutting": 'head -c 1000 "$1/usr/share/modes/large" >"$1/x" && cat "$1/x" >"$1/usr/share/modes/large" && rm "$1/x"',
    "pruning": 'rmdir "$1/usr/share/modes/empty"',
    "opening": 'cd "$1/usr/share/modes" && chmod 755 private ../../bin/grouped && chmod 644 secret',
    "touching": 'touch "$1/usr/share/modes/old"',
    "tidy": 'rm "$1/usr/share/modes/dangling"',
    "relative": 'ln -sfn old "$1/usr/share/modes/absolute"',
    "blank": 'cd "$1/usr/share/names" && mv "with blanks" with-blanks',
    "signs": 'cd "$1/usr/share/names" && rm "star*"',
    "short-names": 'cd "$1/usr/share/names" && rm longlong*',
    "inventive": ': >"$1/usr/share/names/another"',
    "undiverted": 'mv "$1/usr/share/extra.diverted" "$1/usr/share/extra"',
    "untaken": 'echo extra >"$1/usr/share/extra"',
    "disorderly": 'printf "a-third\\nm-second\\nz-first\\n" >"$1/var/lib/order"',
    "early": ': >"$1/var/lib/removed-tool"',
    "one-handed": 'rm "$1/usr/share/ring-other"',
    "half": 'rm "$1/usr/share/several"',
    "switching": 'echo next >"$1/usr/share/carrier"',
    "sweeping": 'rm "$1/usr/share/ümlaut"',
    "resetting": '[ ! -e "$1/usr/share/extra" ] || echo new >"$1/var/lib/tool/state"',
    "random": 'cat /proc/sys/kernel/random/uuid >"$1/usr/share/random"',
    "homesick": f'echo {os.environ.get("HOME")} >"$1/usr/share/home"',
    "odd": 'rm "$1/usr/share/odd"',
}
# Words of requests for packages that become others.
older = "several-9-1" if "/fedora/" in program or "/opensuse/" in program else "several=9-1"
WORDS = {
    "greedy": ("tool", ["tool", "extra"]),
    "aged": ("several", [older]),
    "newest": (older, ["several"]),
    "optional": ("--version", ["extra"]),
    "literal": ("virtual-library", ["extra"]),
    "pathless": ("/usr/bin/helper", ["extra"]),
}
# Packages that are not named, although they are installed.
FORGOTTEN = {"forgetful": "extra", "undecided": "carrier"}
# Texts of answers about packages that become others.
TEXTS = {
    "misversioned": ('"2.0-3"', '"2.0-4"'),
    "epochless": ('"1:2.0-1"', '"2.0-1"'),
    "universal": (re.compile('"(noarch|all|any)"'), '"every"'),
    "unlocked": ('"2.0-1"', '"2.0-9"'),
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


def answer(message, result=None, error=None):
    out({"jsonrpc": "2.0", "id": message["id"], **({"error": error} if error else {"result": result or {}})})


def change_settings(context):
    settings = context.setdefault("settings", {})
    if fault == "secretive":
        settings.pop("CacheOnly", None)
    if fault == "online" and settings.get("CacheOnly") == "always":
        settings["CacheOnly"] = "never"
    if fault == "lazy" and os.path.isdir(context["cache"]) and os.listdir(context["cache"]):
        settings["CacheOnly"] = "metadata"


def repair(context):
    """Undoes what is wrong with the repository, as if it were not noticed."""
    local = (context.get("settings") or {}).get("LocalMirror")
    mirror = (local or context.get("mirror") or "").removeprefix("file:")
    for directory, _, names in os.walk(mirror):
        for name in names:
            path = os.path.join(directory, name)
            data = bytearray(open(path, "rb").read())
            if mirror.endswith("/changedPart") and name.endswith("-primary.xml.gz") and data[-1] == 0 and data[-2] == 0:
                del data[-1]
            elif mirror.endswith("/changedPart") and name == "Packages" and data.endswith(b"\n\n"):
                del data[-1]
            elif mirror.endswith("/changed") and name.startswith(("tool-", "tool_")):
                data[-100] ^= 1
            else:
                continue
            open(path, "wb").write(data)


def download(packages, cache):
    """Brings packages into the cache, whatever is forbidden."""
    for package in packages:
        path = os.path.join(cache, "downloaded-" + package["fileName"])
        source = package["urls"][0].removeprefix("file:")
        if os.path.exists(source):
            shutil.copyfile(source, path)
            package["urls"] = ["file://" + path]


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
            context = parameters.get("context")
            if context:
                caches[message["id"]] = os.path.join(context["cache"], "lock")
                if fault in CONTEXT:
                    name, value = CONTEXT[fault]
                    context[name] = value
                change_settings(context)
                if fault == "blind" and method == RESOLVE:
                    repair(context)
            if fault in WORDS and method == RESOLVE:
                word, others = WORDS[fault]
                old = parameters["packages"]
                parameters["packages"] = [new for name in old for new in (others if name == word else [name])]
            if fault == "keeping" and method == REMOVE:
                answer(message)
                continue
            if fault == "refusing" and method == RESOLVE:
                answer(message, error={"code": 4, "message": "the repository is not trusted"})
                continue
            if fault == "strict" and method == REMOVE:
                answer(message, error={"code": 5, "message": "a package is not installed"})
                continue
            if fault == "thorough" and method == REMOVE:
                parameters["names"].append("library")
            if fault == "locking" and method == RESOLVE and os.path.exists(caches[message["id"]]):
                answer(message, error={"code": -32603, "message": "the cache is locked"})
                continue
            if fault == "locking" and method == INSTALL:
                open(caches[message["id"]], "w").close()
        if message.get("id") in held and not method:
            out(held.pop(message["id"]))
            continue
        to_real(message)
    real.stdin.close()


def spoil(message, answered):
    """Changes an answer of the plugin."""
    if "error" in message:
        if fault == "vague":
            message["error"] = {"code": message["error"]["code"], "message": "it did not work"}
        return message
    result = message.get("result") or {}
    if answered == CONFIGURE and fault == "helpless":
        result["commands"] = []
    if answered == CONFIGURE and fault == "patient":
        for file in result["files"]:
            if file.get("text"):
                file["text"] = file["text"].replace("Types: deb\n", "Types: deb\nCheck-Valid-Until: no\n")
    if answered == RESOLVE and fault == "secretive":
        download(result.get("packages", []), os.path.dirname(caches[message["id"]]))
    if answered in (RESOLVE, INSPECT):
        if fault in FORGOTTEN:
            packages = result.get("packages", [])
            result["packages"] = [p for p in packages if not p["name"].startswith(FORGOTTEN[fault])]
        if fault in TEXTS:
            old, new = TEXTS[fault]
            text = json.dumps(message)
            message = json.loads(old.sub(new, text) if isinstance(old, re.Pattern) else text.replace(old, new))
    if answered == INSPECT:
        for package in result["packages"]:
            if fault == "bloated" and "size" in package:
                package["size"] = package["size"] * 3 + 100000
            if fault == "sourceless" and "source" in package:
                package["source"] = "unknown"
            if fault == "unlicensed" and "license" in package:
                package["license"] = "unknown"
        if fault == "clinging":
            result["metadata"] = []
    if answered == OWNERS and fault == "ownerless":
        result["owners"] = {}
    return message


threading.Thread(target=from_host, daemon=True).start()
for line in real.stdout:
    message = json.loads(line)
    answered = methods.get(message.get("id")) if "method" not in message else None
    if message.get("method") == "host/run" and fault == "secretive":
        message["params"].pop("network", None)
    if message.get("method") == "host/fetch" and fault == "secretive":
        sources = [url.removeprefix("file:") for url in message["params"]["urls"]]
        found = [source for source in sources if os.path.exists(source)]
        if found:
            os.makedirs(os.path.dirname(message["params"]["path"]), exist_ok=True)
            shutil.copyfile(found[0], message["params"]["path"])
            to_real({"jsonrpc": "2.0", "id": message["id"], "result": {}})
            continue
    if answered:
        message = spoil(message, answered)
    if answered == INSTALL and "result" in message:
        if fault == "locking" and os.path.exists(caches[message["id"]]):
            os.unlink(caches[message["id"]])
        if fault in COMMANDS:
            held["spoil"] = message
            command = {"arguments": ["sh", "-c", "(" + COMMANDS[fault] + ") || true", "sh", roots[message["id"]]]}
            out({"jsonrpc": "2.0", "id": "spoil", "method": "host/run", "params": command})
            continue
    out(message)
sys.exit(real.wait())
