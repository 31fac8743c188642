"""Makes a repository of the tiny distribution: tiny-repository.py DIRECTORY [NAME=CONTENT ...]

Three packages, each a tar file with owners, modes and links that an image has to keep.
"""
import hashlib, io, json, os, sys, tarfile

directory = sys.argv[1]
os.makedirs(directory, exist_ok=True)
index = {}


def package(name, needs, members):
    path = f"{directory}/{name}.tar"
    facts = {"name": name, "version": "1.0", "architecture": "x86_64", "needs": needs}
    with tarfile.open(path, "w") as tar:
        for member, kind, mode, owner, content in members + [
            (f"usr/share/tiny/{name}.json", "file", 0o644, (0, 0), json.dumps(facts) + "\n")
        ]:
            info = tarfile.TarInfo(member)
            info.mode, info.mtime, (info.uid, info.gid) = mode, 1_500_000_000, owner
            data = b""
            if kind == "directory":
                info.type = tarfile.DIRTYPE
            elif kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, content
            elif kind == "hardlink":
                info.type, info.linkname = tarfile.LNKTYPE, content
            else:
                data = content.encode()
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    data = open(path, "rb").read()
    index[name] = {**facts, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "fileName": f"{name}.tar"}


directories = ["etc", "proc", "root", "run", "sys", "dev", "tmp", "var", "usr", "usr/bin", "usr/lib", "usr/share", "usr/share/tiny"]
package("base", [], [(f, "directory", 0o1777 if f == "tmp" else 0o755, (0, 0), "") for f in directories] + [
    ("etc/passwd", "file", 0o644, (0, 0), "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\n"),
    ("etc/shadow", "file", 0o640, (0, 42), "root:*:19000:0:99999:7:::\n"),
    ("var/mail", "directory", 0o2775, (0, 8), ""),
])
package("hello", ["base"], [
    ("usr/bin/hello", "file", 0o4755, (0, 0), "#!/bin/sh\necho hello\n"),
    ("usr/bin/hello-again", "hardlink", 0o4755, (0, 0), "usr/bin/hello"),
    ("usr/bin/hi", "link", 0o777, (0, 0), "hello"),
    ("var/spool", "directory", 0o700, (33, 33), ""),
])
package("extra", ["base"], [("usr/share/extra", "file", 0o600, (1, 1), "extra\n")])
json.dump(index, open(f"{directory}/index.json", "w"), indent=1, sort_keys=True)
