def assemble(p):
    output = p["staging"] + "/" + p["outputName"]
    script = 'cd "$1" && find . | LC_ALL=C sort > "$2"'
    mounts = [
        {"kind": "bind", "source": p["root"], "target": p["root"]},
        {"kind": "bind", "source": p["staging"], "target": p["staging"], "writable": True},
    ]
    host("host/run", arguments=["sh", "-euc", script, "sh", p["root"], output], mounts=mounts)
    return {"outputs": [{"name": p["outputName"], "role": "image"}]}


METHODS = {"format/assemble": assemble}
