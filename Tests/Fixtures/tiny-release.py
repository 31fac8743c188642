"""Gives a repository of the tiny distribution another version of a package: tiny-release.py DIRECTORY NAME VERSION"""
import hashlib, io, json, os, sys, tarfile

directory, name, version = sys.argv[1:]
index = json.load(open(f"{directory}/index.json"))
old, path = index[name], f"{directory}/{name}-{version}.tar"
facts = {key: old[key] for key in ("name", "architecture", "needs")} | {"version": version}
with tarfile.open(f"{directory}/{old['fileName']}") as before, tarfile.open(path, "w") as after:
    for member in before:
        data = before.extractfile(member).read() if member.isreg() else b""
        if member.name == f"usr/share/tiny/{name}.json":
            data = (json.dumps(facts) + "\n").encode()
        elif member.isreg():
            data += f"# {version}\n".encode()
        member.size = len(data)
        after.addfile(member, io.BytesIO(data))
os.remove(f"{directory}/{old['fileName']}")
data = open(path, "rb").read()
index[name] = {**facts, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "fileName": f"{name}-{version}.tar"}
json.dump(index, open(f"{directory}/index.json", "w"), indent=1, sort_keys=True)
