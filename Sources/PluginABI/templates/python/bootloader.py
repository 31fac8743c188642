def install(p):
    mounts = [{"kind": "bind", "source": p["root"], "target": p["root"], "writable": True}]
    script = 'mkdir -p "$1/boot/@NAME@" && cp "$1$2" "$1/boot/@NAME@/$3"'
    for kernel in p["kernels"]:
        arguments = ["sh", "-euc", script, "sh", p["root"], kernel["image"], kernel["version"]]
        host("host/run", arguments=arguments, mounts=mounts)
    return {}


METHODS = {"bootloader/install": install}
