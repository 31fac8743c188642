public import Glibc
import Support
import System

/// A person that a test plays: root, an ordinary user with a range of subordinate ids, one without.
///
/// Root plays the ordinary users in a mount namespace of its own, in which /etc/passwd, /etc/subuid and /etc/subgid know
/// them, so that nothing on the machine changes and any Debian will do.
public enum TestUser: String, Sendable, CaseIterable, CustomStringConvertible {
    case root
    case ordinaryWithRange
    case ordinary

    /// The uid and gid of both ordinary users.
    public static let id: uid_t = 61_234

    public static var isRoot: Bool { geteuid() == 0 }

    /// Those that the user who runs the tests can play.
    public static var available: [TestUser] {
        if isRoot { return allCases }
        return hasOwnRange ? [.ordinaryWithRange] : [.ordinary]
    }

    /// All of them in `make soak`, else one, which `index` chooses: tests of one suite take different users.
    public static func sample(_ index: Int) -> [TestUser] {
        Soak.isEnabled ? available : [available[index % available.count]]
    }

    private static var hasOwnRange: Bool {
        let name = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? ""
        let ranges = (try? Files.readText("/etc/subuid")) ?? ""
        return ranges.split(separator: "\n").contains { line in
            line.hasPrefix("\(name):") || line.hasPrefix("\(geteuid()):")
        }
    }

    public var description: String { rawValue }

    /// The command line that runs `arguments` as this user, whose home is `home`.
    public func command(_ arguments: [String], home: String) -> [String] {
        if self == .root || !TestUser.isRoot { return arguments }
        let range = self == .ordinaryWithRange ? "mkosi-test:1000000:65536" : ""
        let script = """
            set -e
            hold=$(mktemp -d)
            mount -t tmpfs -o mode=0755 hold "$hold"
            cat /etc/passwd > "$hold/passwd"
            echo "mkosi-test:x:\(TestUser.id):\(TestUser.id)::$1:/bin/sh" >> "$hold/passwd"
            cat /etc/group > "$hold/group"
            echo "mkosi-test:x:\(TestUser.id):" >> "$hold/group"
            echo "$2" > "$hold/subuid"
            echo "$2" > "$hold/subgid"
            for file in passwd group subuid subgid; do
                [ -e "/etc/$file" ] || : > "/etc/$file"
                mount --bind "$hold/$file" "/etc/$file"
            done
            umount -l "$hold"
            rmdir "$hold"
            # A checkout in a home that is closed to others is shown at its own path, without what is around it.
            if [ -n "$3" ]; then
                hold=$(mktemp -d)
                mount --bind "$4" "$hold"
                mount -t tmpfs -o mode=0755 closed "$3"
                mkdir -p "$4"
                mount --bind "$hold" "$4"
                umount "$hold"
                rmdir "$hold"
                cd "$PWD"
            fi
            export HOME="$1" USER=mkosi-test LOGNAME=mkosi-test
            shift 4
            exec setpriv --reuid \(TestUser.id) --regid \(TestUser.id) --clear-groups --inh-caps=-all -- "$@"
            """
        return ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, "test-user", home, range]
            + [Self.closedDirectory ?? "", Stage.packageRoot] + arguments
    }

    /// The first directory on the way to the checkout that others may not enter.
    private static let closedDirectory: String? = {
        var path = ""
        for part in Stage.packageRoot.split(separator: "/").dropLast() {
            path += "/\(part)"
            var status = stat()
            if stat(path, &status) == 0, status.st_mode & 0o001 == 0 { return path }
        }
        return nil
    }()
}
