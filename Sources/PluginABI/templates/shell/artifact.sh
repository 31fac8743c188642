# So far the artifact is a list of the files that it reads.
answer_make() {
    root=$(token params.root)
    staging=$(token params.staging)
    [ -n "$root" ] && [ -n "$staging" ] || fail -32602 "root or staging is missing" || return
    script=$(quote 'cd "$1" && find . | LC_ALL=C sort > "$2/$3"')
    mounts="{\"kind\":\"bind\",\"source\":$root,\"target\":$root}"
    mounts="$mounts,{\"kind\":\"bind\",\"source\":$staging,\"target\":$staging,\"writable\":true}"
    arguments="\"sh\",\"-euc\",$script,\"sh\",$root,$staging,\"@NAME@\""
    host host/run "{\"arguments\":[$arguments],\"mounts\":[$mounts]}" || return
    result="{\"files\":[{\"name\":\"@NAME@\"}]}"
}
