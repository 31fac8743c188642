# The protocol of mkosi's plugins for POSIX shells. The plugin sets $name and $version, reads this file, defines a
# function for each method (answer_assemble for format/assemble), which sets $result, and calls `serve`.

# The protocol gets descriptors of its own: what is printed by accident must not get into it.
exec 3>&1 4<&0 1>&2 </dev/null
directory=

# Reads one JSON text and prints a line PATH<TAB>TOKEN for every value in it that is neither object nor array.
flatten() {
    LC_ALL=C awk '
        { text = text $0 }
        function show(value,   i, path) {
            for (i = 1; i <= depth; i++) path = path (i > 1 ? "." : "") name[i]
            print path "\t" value
        }
        function fail() { failed = 1; exit 1 }
        END {
            while (1) {
                sub(/^[ \t\r]+/, "", text)
                if (text == "") break
                if (substr(text, 1, 1) == "\"") {
                    # The end of the string is the first quotation mark after an even number of backslashes.
                    end = 2
                    while (1) {
                        if (!match(substr(text, end), /["\\]/)) fail()
                        end += RSTART
                        if (substr(text, end - 1, 1) == "\"") break
                        end++
                    }
                    length_of_token = end - 1
                } else if (match(text, /^[][{}:,]/) || match(text, /^(true|false|null|-?[0-9][-+.eE0-9]*)/)) {
                    length_of_token = RLENGTH
                } else fail()
                token = substr(text, 1, length_of_token)
                text = substr(text, length_of_token + 1)
                if (token == "{" || token == "[") {
                    depth++
                    kind[depth] = token
                    name[depth] = token == "[" ? 0 : ""
                    key_expected = token == "{"
                } else if (token == "}" || token == "]") {
                    if (--depth < 0) fail()
                    key_expected = 0
                } else if (token == ",") {
                    if (kind[depth] == "[") name[depth]++
                    key_expected = kind[depth] == "{"
                } else if (token == ":") {
                    key_expected = 0
                } else if (key_expected) {
                    name[depth] = substr(token, 2, length(token) - 2)
                } else if (depth == 0) fail()
                else show(token)
            }
            if (depth != 0 || failed) exit 1
        }'
}

# token PATH: the JSON text of a value of the message that came last.
token() {
    printf '%s\n' "$message" | LC_ALL=C awk -F '\t' -v path="$1" '
        $1 == path { print substr($0, length(path) + 2); exit }'
}

# value PATH: the string itself.
value() {
    token "$1" | sed -e 's/^"//' -e 's/"$//' -e 's/\\\//\//g' -e 's/\\"/"/g' -e 's/\\\\/\\/g'
}

# quote TEXT: a JSON string; control characters become spaces.
quote() {
    printf '"%s"' "$(printf '%s' "$1" | tr '\001-\037' ' ' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g')"
}

# fail CODE SENTENCE: gives the request its error; use it as `fail … || return`.
fail() {
    error="{\"code\":$1,\"message\":$(quote "$2")}"
    return 1
}

# host METHOD PARAMS: asks the host. Read what you need of the request before: the answer takes its place.
host() {
    printf '{"jsonrpc":"2.0","id":"ask","method":"%s","params":%s}\n' "$1" "$2" >&3
    while IFS= read -r line <&4; do
        message=$(printf '%s\n' "$line" | flatten) || continue
        # The host asks nothing else as long as it has no answer, so all other messages are notifications.
        [ "$(token id)" = '"ask"' ] || continue
        code=$(token error.code)
        [ -z "$code" ] || { fail "$code" "$(value error.message)"; return; }
        return 0
    done
    exit 0
}

answer_initialize() {
    directory=$(value params.pluginDirectory)
    for what in protocol interface; do
        if [ "$(token params.$what.min)" -gt 1 ] || [ "$(token params.$what.max)" -lt 1 ]; then
            fail 1 "this plugin supports only $what version 1" || return
        fi
    done
    result="{\"protocol\":1,\"interface\":1,\"plugin\":{\"name\":\"$name\",\"version\":\"$version\"}}"
}

# The member "provides" of plugin.json, which is the last one and begins a line.
answer_describe() {
    result=$(sed -n '/^  "provides": {/,$p' "$directory/plugin.json" | sed -e '1s/.*/{/' -e '$d' | tr -d '\n')
}

# Answers requests until the host ends the conversation.
serve() {
    while IFS= read -r line <&4; do
        if ! message=$(printf '%s\n' "$line" | flatten); then
            echo '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"the line is not JSON"}}' >&3
            continue
        fi
        method=$(value method)
        id=$(token id)
        [ "$method" != shutdown ] || exit 0
        [ -n "$id" ] || continue
        error= result='{}'
        function=answer_${method##*/}
        case $method in
            *[!A-Za-z/]*) function= ;;
        esac
        if command -v "$function" >/dev/null; then
            "$function" || : "${error:={\"code\":-32603,\"message\":\"$method failed\"\}}"
        else
            error="{\"code\":-32601,\"message\":$(quote "there is no method $method")}"
        fi
        if [ -n "$error" ]; then
            printf '{"jsonrpc":"2.0","id":%s,"error":%s}\n' "$id" "$error" >&3
        else
            printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result" >&3
        fi
    done
    exit 0
}
