/// Scripts that tell the image everything that they can see.
enum ChangingScripts {
    static let all = [
        ("mkosi.prepare", "$BUILDROOT/etc/prepare-$1"), ("mkosi.build", "$DESTDIR/usr/share/build"),
        ("mkosi.postinst", "$BUILDROOT/etc/postinst"), ("mkosi.finalize", "$BUILDROOT/etc/finalize"),
        ("mkosi.postoutput", "$OUTPUTDIR/postoutput"), ("mkosi.postinst.chroot", "/etc/postinst-inside"),
    ]

    /// One of each kind.
    static var initial: [(String, String)] {
        all.map(\.0).filter { !$0.hasSuffix(".chroot") }.map { ($0, text($0, variant: 0)) }
    }

    static func text(_ name: String, variant: Int) -> String {
        let target = all.first { $0.0 == name }?.1 ?? "/dev/null"
        // In the image there is a shell and nothing else.
        if name.hasSuffix(".chroot") { return "echo \(variant) > \(target)" }
        if variant == 3 { return partial(name, target) }
        var text = """
            mkdir -p "$(dirname "\(target)")"
            {
                echo "variant \(variant): $*"
                env | grep -v -e ^PWD= -e ^OLDPWD= -e ^_= | sort
                # A script does not read where things are and which other scripts there are.
                grep -v -e Directory -e Incremental -e CacheOnly -e Scripts -e '"/' -e '[]{}[]' -e '^ *$' "$MKOSI_CONFIG" || true
                cd "$SRCDIR"
                find . \\( -name 'mkosi.*' -o -path ./trees -o -path ./base -o -path ./local \\) -prune -o \\
                    ! -type d -printf '%P %y %m %U %n %T@ %l\\n' | sort
                find . \\( -name 'mkosi.*' -o -path ./trees -o -path ./base -o -path ./local \\) -prune -o \\
                    -type f -print0 | sort -z | xargs -0r sha256sum
                cat /etc/mark/* 2>&1 || true

            """
        if name != "mkosi.postoutput" {
            text += """
                    cd "$BUILDROOT"
                    # What was made just now has the time that it will have in the image.
                    find . -xdev ! -path './work*' -printf '%T@ %P %y %m %U %G %l\\n' |
                        awk -v last="$SOURCE_DATE_EPOCH" '{ sub(/[.]0+$/, "", $1); if ($1 + 0 > last + 0) $1 = last; print }' |
                        sort -k 2
                    find . -xdev -type f ! -path './work*' -print0 | sort -z | xargs -0r sha256sum

                """
        } else {
            text += "    cd $OUTPUTDIR; sha256sum * || true\n"
        }
        text += "} > \"${TMPDIR}/seen\"\nmv \"${TMPDIR}/seen\" \"\(target)\"\n"
        if name == "mkosi.build" {
            text += """
                mkdir "$DESTDIR/usr/share/sources"
                tar -C "$SRCDIR" --exclude './mkosi.*' --exclude ./trees --exclude ./base --exclude ./local -cf - . |
                    tar -C "$DESTDIR/usr/share/sources" -xf -
                find "$DESTDIR" -type d -exec touch -d @1100000000 {} +
                echo "artifact \(variant)" > "$OUTPUTDIR/artifact"

                """
        }
        return text
    }

    /// Reads some sources and no configuration, and looks at what can be seen without opening anything.
    private static func partial(_ name: String, _ target: String) -> String {
        var text = """
            mkdir -p "$(dirname "\(target)")"
            {
                echo "partial: $*"
                env | grep -v -e ^PWD= -e ^OLDPWD= -e ^_= | sort
                cd "$SRCDIR"
                for name in src/a src/c/d a README; do
                    [ ! -x "$name" ] || echo "$name can be run, or entered"
                    [ ! -s "$name" ] || echo "there is something in $name"
                    [ ! -L "$name" ] || { echo "$name leads to $(readlink "$name")"; continue; }
                    [ -L src/c ] || [ ! -f "$name" ] || cat "$name"
                done
            } > "$TMPDIR/seen"
            mv "$TMPDIR/seen" "\(target)"

            """
        if name == "mkosi.build" { text += "mkdir \"$DESTDIR/usr/share/sources\"\n" }
        return text
    }
}
