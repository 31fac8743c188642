# Asks dnf 4 which packages a request means, through its public API.
#
# Arguments: the request and the answer, both files of JSON, and the tree. The indexes of the repositories are on disk
# and verified; nothing is downloaded.

import json
import os
import sys

import dnf
import dnf.conf
import dnf.exceptions
import dnf.transaction

USER_REASONS = (2, 5)  # libdnf: TransactionItemReason_USER, _GROUP


def configured(request, root):
    # Without a configuration of its own, dnf would look for the release of the machine in the machine's database.
    conf = dnf.conf.Conf()
    base = dnf.Base(conf)
    if os.path.exists("/etc/dnf/dnf.conf"):
        conf.read("/etc/dnf/dnf.conf")
    scratch = request["scratch"]
    for name in ("cache", "log", "persist"):
        os.makedirs(f"{scratch}/{name}", exist_ok=True)
    conf.installroot = root
    conf.cachedir = request.get("derived") or f"{scratch}/cache"
    conf.logdir = f"{scratch}/log"
    conf.persistdir = f"{scratch}/persist"
    conf.reposdir = []
    conf.pluginpath = []
    conf.plugins = False
    conf.best = True
    conf.strict = True
    conf.gpgcheck = False
    # Of several kernels none is removed.
    conf.installonly_limit = 0
    conf.check_config_file_age = False
    conf.install_weak_deps = request["recommends"]
    conf.ignorearch = True
    conf.arch = request["architecture"]
    conf.substitutions["releasever"] = request["release"]
    conf.substitutions["arch"] = request["architecture"]
    conf.module_platform_id = conf.module_platform_id or f"platform:{request['release']}"
    for repository in request["repositories"]:
        options = dict(repository["options"])
        enabled_groups = options.pop("enablegroups", None)
        repo = base.repos.add_new_repo(
            repository["id"], conf, baseurl=["file://" + repository["directory"]], metadata_expire=0
        )
        for name, value in options.items():
            if name in ("exclude", "excludes"):
                name = "excludepkgs"
            if name in ("excludepkgs", "includepkgs"):
                value = value.replace(",", " ").split()
            setattr(repo, name, type(getattr(repo, name))(value) if isinstance(value, str) else value)
        if enabled_groups is not None:
            repo.enablegroups = enabled_groups.lower() in ("1", "yes", "true", "on")
    return base


def choose(request, root):
    base = configured(request, root)
    base.fill_sack(load_system_repo=True)
    base.read_comps()
    missing = []
    for start in ("present", "packages"):
        try:
            base.install_specs(list(dict.fromkeys(request[start])), strict=True)
        except dnf.exceptions.MarkingErrors as error:
            missing += list(error.no_match_pkg_specs) + list(error.no_match_group_specs)
            if not missing:
                return {"problem": str(error)}
    if missing:
        return {"missing": missing}
    try:
        base.resolve()
    except dnf.exceptions.DepsolveError as error:
        return {"problem": str(error)}
    chosen = []
    for item in base.transaction or []:
        if item.action not in dnf.transaction.FORWARD_ACTIONS:
            continue
        package = item.pkg
        chosen.append(
            {
                "name": package.name,
                "epoch": package.epoch,
                "version": package.version,
                "release": package.release,
                "architecture": package.arch,
                "repository": package.reponame,
                "requested": item.reason in USER_REASONS,
            }
        )
    return {"packages": chosen}


def main():
    source, target, root = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        request = json.load(file)
    try:
        answer = choose(request, root)
    except (dnf.exceptions.Error, OSError, ValueError) as error:
        answer = {"error": str(error)}
    with open(target, "w", encoding="utf-8") as file:
        json.dump(answer, file)


main()
