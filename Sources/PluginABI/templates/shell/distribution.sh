answer_configure() {
    result='{"files":[],"repositories":[]}'
}

# Fetch the repository's index with `host host/fetch …` and look the packages up in it.
answer_resolve() {
    package=$(value params.packages.0)
    [ -z "$package" ] || fail 5 "there is no package $package" || return
    result='{"packages":[],"indexes":[]}'
}

answer_install() {
    root=$(token params.root)
    mounts="{\"kind\":\"bind\",\"source\":$root,\"target\":$root,\"writable\":true}"
    request=$message
    index=0
    while path=$(token params.packages.$index.path) && [ -n "$path" ]; do
        host host/run "{\"arguments\":[\"tar\",\"-x\",\"-f\",$path,\"-C\",$root],\"mounts\":[$mounts]}" || return
        message=$request
        index=$((index + 1))
    done
}

answer_inspect() {
    [ -n "$(token params.root)" ] || fail -32602 "params.root is missing" || return
    result='{"packages":[],"metadata":[]}'
}
