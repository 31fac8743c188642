import Foundation
import TestSupport

/// A tree with a file of every kind, as far as the user who runs the tests may make them.
struct SampleTree {
    let path: String

    init(_ scratch: TemporaryDirectory, _ name: String = "tree") throws {
        path = try scratch.makeDirectory(name)
        var script = """
            set -e
            cd "$1"
            umask 022
            mkdir -p usr/bin usr/share/doc etc "usr/a b" usr/a-b usr/a.b empty
            printf 'hello\\n' > usr/bin/hello
            ln usr/bin/hello usr/bin/again
            ln usr/bin/hello etc/zz
            ln -s ../bin/hello usr/share/link
            ln -s /nowhere/at/all usr/share/dangling
            ln -s link usr/share/many; ln -P usr/share/many usr/share/more
            mkfifo usr/pipe
            printf x > "usr/share/F\u{0151}tan\u{fa}s"
            printf y > "$(printf 'usr/share/caf\\351')"
            printf z > "usr/share/$(printf 'l%.0s' $(seq 1 200))"
            mkdir -p "usr/$(printf 'd%.0s' $(seq 1 120))/$(printf 'e%.0s' $(seq 1 120))"
            printf deep > "usr/$(printf 'd%.0s' $(seq 1 120))/$(printf 'e%.0s' $(seq 1 120))/file"
            head -c 3000000 /dev/urandom > usr/share/random
            : > etc/empty
            chmod 4755 usr/bin/hello; chmod 1777 empty; chmod 2750 usr/a-b; chmod 400 etc/empty
            # Sparse: zeros at the start, in the middle and at the end; and nothing but zeros.
            head -c 100000 /dev/urandom | dd of=usr/share/sparse bs=1M seek=3 conv=notrunc status=none
            head -c 5000 /dev/urandom | dd of=usr/share/sparse bs=1M seek=9 conv=notrunc status=none
            truncate -s 12345678 usr/share/sparse
            truncate -s 5000000 usr/share/zeros
            setfattr -n user.zebra -v stripes usr/bin/hello
            setfattr -n user.apple -v "" usr/bin/hello
            setfattr -n user.directory -v yes usr
            setfattr -n user.overlay.origin -v machine etc
            touch -h -d @1600000000.123456789 usr/bin/hello usr/share/link usr/share/random usr
            touch -d @2000000000 etc
            """
        if isRoot {
            script += """

                mknod usr/null c 1 3; mknod usr/whiteout c 0 0; mknod usr/disk b 259 70000
                chown 100000:65534 usr/share/random; chown 12:34 usr/share/doc usr/bin/hello
                chown -h 7:8 usr/share/link
                chown 3000000000:5 etc/empty; chmod 000 etc/empty
                chmod 4755 usr/bin/hello
                setcap cap_net_raw+ep usr/share/random
                setfattr -n trusted.overlay.opaque -v y usr/share/doc
                touch -d @1600000000 usr/null usr/share/doc
                """
        }
        script += """

            setfacl -m u:1000:rwx,g:2000:r-x,m::rwx etc/zz
            setfacl -d -m u:1001:r-x,g::--- usr/share/doc
            """
        try run("sh", "-c", script, "sh", path)
        // A socket has no place in an archive.
        try run(
            "python3",
            "-c",
            "import os, socket, sys; os.chdir(sys.argv[1]); socket.socket(socket.AF_UNIX).bind('usr/socket')",
            path
        )
    }
}
