def make(p):
    script = 'cd "$1" && find . | LC_ALL=C sort > "$2"'
    mounts = [
        {"kind": "bind", "source": p["root"], "target": p["root"]},
        {"kind": "bind", "source": p["staging"], "target": p["staging"], "writable": True},
    ]
    output = p["staging"] + "/@NAME@"
    host("host/run", arguments=["sh", "-euc", script, "sh", p["root"], output], mounts=mounts)
    return {"files": [{"name": "@NAME@"}]}


METHODS = {"artifact/make": make}
