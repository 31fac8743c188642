#!/bin/sh
# A format of mkosi: the image is a shell script that unpacks the tree, which follows its last line as a tar file.
name=self-extracting
version=1.0
. "${0%/*}/protocol.sh"

# Runs in the sandbox with the tree, the output and the newest time that a file may have.
script='
cat > "$2" <<EOT
#!/bin/sh
# Unpacks a tree: sh $(basename "$2") DIRECTORY
mkdir -p "\${1:?Usage: sh \$0 DIRECTORY}" && tail -n +5 "\$0" | tar -x -z -p --numeric-owner -C "\$1"
exit
EOT
cd "$1"
find . ! -name . | LC_ALL=C sort | tar -c --no-recursion --numeric-owner --format=posix \
    --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --mtime="@${3:-0}" --clamp-mtime -T - | gzip -n >> "$2"
chmod +x "$2"'

answer_assemble() {
    root=$(token params.root)
    output=$(token params.outputName)
    staging=$(token params.staging)
    [ -n "$root" ] || fail -32602 "this format needs a tree" || return
    path=$(quote "$(value params.staging)/$(value params.outputName)")
    epoch=$(token params.sourceDateEpoch)
    mounts="{\"kind\":\"bind\",\"source\":$root,\"target\":$root}"
    mounts="$mounts,{\"kind\":\"bind\",\"source\":$staging,\"target\":$staging,\"writable\":true}"
    # A string of JSON may hold line feeds only as \n, and quote makes spaces of them.
    text=$(printf '%s' "$script" | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' | awk '{ printf "%s\\n", $0 }')
    arguments="\"sh\",\"-euc\",\"$text\",\"sh\",$root,$path,\"$epoch\""
    host host/run "{\"arguments\":[$arguments],\"mounts\":[$mounts],\"label\":\"Packing the tree\"}" || return
    result="{\"outputs\":[{\"name\":$output,\"role\":\"image\"}]}"
}

serve
