# Turns a page of Documentation/ into a manual page: awk -v name=mkosi -v section=1 -f markdown-to-man.awk PAGE
#
# It knows what the pages use: headings, paragraphs, lists within lists, definitions (a line that begins with ":" below
# its term), tables, fenced and indented code, and code, bold, italics and links within text. Any POSIX awk will do.

BEGIN {
    print "'\\\" t"
    printf ".TH \"%s\" \"%s\" \"\" \"mkosi\" \"\"\n.ad l\n", toupper(name), section
    depth = 0
}

# Characters that mean something to roff, in text and in code; in code a hyphen stays one when it is copied.
function escaped(text, code) {
    gsub(/\\/, "\\e", text)
    if (code) gsub(/-/, "\\-", text)
    return text
}

# A line that roff would take for a request.
function guarded(line) {
    return line ~ /^[.']/ ? "\\&" line : line
}

# Bold and italics between pairs of asterisks, links as their text and address; text without code.
function styled(text,    out, found) {
    text = escaped(text, 0)
    out = ""
    while (match(text, /\*\*[^*]+\*\*|\*[^* ][^*]*\*|\[[^]]+\]\([^)]+\)|<https?:[^>]+>/)) {
        out = out substr(text, 1, RSTART - 1)
        found = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        if (found ~ /^\*\*/) out = out "\\fB" substr(found, 3, length(found) - 4) "\\fR"
        else if (found ~ /^\*/) out = out "\\fI" substr(found, 2, length(found) - 2) "\\fR"
        else if (found ~ /^</) out = out substr(found, 2, length(found) - 2)
        else out = out linked(found)
    }
    return out text
}

# A link to another page is its text; one to the world outside keeps its address.
function linked(found,    text, address) {
    text = found
    sub(/^\[/, "", text)
    sub(/\]\(.*$/, "", text)
    address = found
    sub(/^.*\]\(/, "", address)
    sub(/\)$/, "", address)
    return address ~ /^https?:/ && address != text ? text " (" address ")" : text
}

function inline(text,    out, parts, count, i) {
    count = split(text, parts, "`")
    out = ""
    for (i = 1; i <= count; i++)
        out = out (i % 2 == 1 ? styled(parts[i]) : "\\fB" escaped(parts[i], 1) "\\fR")
    return out
}

# Ends the paragraph that is being gathered.
function flush() {
    if (text == "") return
    if (request != "") print request
    request = ""
    print guarded(inline(text))
    text = ""
}

# Leaves lists until the current one begins left of this column.
function leave(column) {
    flush()
    while (depth > 0 && column < inside[depth]) {
        if (depth > 1) print ".RE"
        depth--
    }
}

# Begins an item whose sign is at `start` and whose text at `column`; `mark` is what roff puts before it.
function item(start, column, mark) {
    leave(start)
    depth++
    inside[depth] = column
    if (depth > 1) print ".RS 4"
    request = mark
}

function indent(line) {
    match(line, /^ */)
    return RLENGTH
}

function tableRow(line,    cells, count, i, out) {
    gsub(/^ *\| *| *\| *$/, "", line)
    gsub(/\\\|/, "\001", line)
    count = split(line, cells, / *\| */)
    if (!inTable) {
        inTable = 1
        flush()
        print ".PP\n.TS"
        out = ""
        for (i = 1; i <= count; i++) out = out (i > 1 ? " " : "") (i < count ? "lb" : "lbx")
        print out
        out = ""
        for (i = 1; i <= count; i++) out = out (i > 1 ? " " : "") (i < count ? "l" : "lx")
        print out "."
    }
    out = ""
    for (i = 1; i <= count; i++) {
        gsub(/\001/, "|", cells[i])
        out = out (i > 1 ? "\t" : "") "T{\n" guarded(inline(cells[i])) "\nT}"
    }
    print out
}

function endTable() {
    if (inTable) print ".TE"
    inTable = 0
}

{ sub(/[ \t]+$/, "") }

# Code between fences, as it is.
inFence {
    if ($0 ~ /^ *(```|~~~)/) {
        print ".fi\n.EE\n.RE"
        inFence = 0
    } else {
        line = $0
        if (fenceColumn > 0 && substr($0, 1, fenceColumn) ~ /^ *$/) line = substr($0, fenceColumn + 1)
        print guarded(escaped(line, 1))
    }
    next
}

/^ *(```|~~~)/ {
    flush()
    fenceColumn = indent($0)
    leave(fenceColumn)
    print ".sp\n.RS 4\n.EX\n.nf"
    inFence = 1
    next
}

# The title and comments.
NR == FNR && /^%/ { next }
/^<!--/ { inComment = 1 }
inComment {
    if ($0 ~ /-->/) inComment = 0
    next
}

/^ *\|/ {
    if ($0 ~ /^ *\|[ :|-]+$/) next
    leave(indent($0))
    tableRow($0)
    next
}

inTable { endTable() }

inCode && !/^    / {
    print ".fi\n.EE\n.RE"
    inCode = 0
}

/^$/ {
    flush()
    request = ""
    blank = 1
    next
}

/^#/ {
    leave(0)
    level = match($0, /[^#]/) - 1
    title = $0
    sub(/^#+ */, "", title)
    sub(/ *#*$/, "", title)
    # A page that begins with its own title, which is in the header line already, has its sections one level down.
    if (level == 1 && NR == 1) {
        shift = 1
        next
    }
    print (level <= 1 + shift ? ".SH " : ".SS ") "\"" inline(title) "\""
    blank = 0
    next
}

# What a term means.
/^ *: +/ {
    term = text
    text = ""
    column = match($0, /[^: ]/) - 1
    mark = ".TP 4\n" guarded(inline(term))
    item(indent($0), column, mark)
    text = substr($0, column + 1)
    blank = 0
    next
}

/^ *[-*+] +/ {
    match($0, /^ *[-*+] +/)
    column = RLENGTH
    item(indent($0), column, ".IP \\(bu 2")
    text = substr($0, column + 1)
    blank = 0
    next
}

/^ *[0-9]+\. +/ && (text == "" || blank || depth > 0) {
    match($0, /^ *[0-9]+\. +/)
    column = RLENGTH
    item(indent($0), column, ".IP " $1 " 4")
    text = substr($0, column + 1)
    blank = 0
    next
}

{
    column = indent($0)
    line = substr($0, column + 1)
    if (text == "") {
        # After an empty line the indentation says to which item a paragraph belongs, if to any.
        if (blank || depth == 0) leave(column)
        base = depth > 0 ? inside[depth] : 0
        if (column >= base + 4 && (blank || inCode)) {
            if (!inCode) print ".sp\n.RS 4\n.EX\n.nf"
            inCode = 1
            blank = 0
            print guarded(escaped(substr($0, base + 5), 1))
            next
        }
        if (request == "") request = depth > 0 ? ".IP \"\" 4" : ".PP"
        text = line
    } else {
        text = text " " line
    }
    blank = 0
}

END {
    leave(0)
    endTable()
}
