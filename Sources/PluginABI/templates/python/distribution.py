def resolve(p):
    # Fetch the repository's index with host("host/fetch", …) and look the packages up in it.
    for name in p["packages"]:
        raise Error(5, f"there is no package {name}")
    return {"packages": [], "indexes": []}


def install(p):
    root = {"kind": "bind", "source": p["root"], "target": p["root"], "writable": True}
    for package in p["packages"]:
        host("host/run", arguments=["tar", "-x", "-f", package["path"], "-C", p["root"]], mounts=[root])
    return {}


def inspect(p):
    print("inspecting", p["root"])  # goes to the log
    return {"packages": [], "metadata": []}


METHODS = {
    "distribution/configure": lambda p: {"files": [], "repositories": []},
    "distribution/resolve": resolve,
    "distribution/install": install,
    "distribution/inspect": inspect,
}
