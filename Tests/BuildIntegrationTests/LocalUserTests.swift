import Execution
import Glibc
import Support
import System
import TestSupport
import Testing

/// What other users of the machine see of a build, and what the caller's mask makes of its outputs.
@Suite
struct LocalUserTests {
    /// Someone who has nothing to do with the build.
    private static let stranger = 61_299

    @Test(
        "Half-built trees and the configuration are closed to other users",
        .needsRoot,
        arguments: TestUser.available
    )
    func workspace(user: TestUser) throws {
        let tiny = try TinyProject(user: user, configuration: "Incremental=yes\nRootPassword=hunter2")
        try tiny.script(
            "mkosi.postinst",
            """
            cp /bin/true $BUILDROOT/suid; chmod 4755 $BUILDROOT/suid
            cat $MKOSI_CONFIG >/dev/null
            touch $SRCDIR/ready
            while [ ! -e $SRCDIR/go ]; do sleep 0.05; done
            """
        )
        // Looks around while the script waits: as root, to know that there is something to be seen, and as a stranger.
        let script = """
            home=$1 project=$2; shift 2
            "$@" >&2 & build=$!
            while [ ! -e $project/ready ] && kill -0 $build 2>/dev/null; do sleep 0.05; done
            look="find $home -type f ( -perm -4000 -o -name config.json )"
            $look -printf '%m %p\\n' | sed 's/^/root: /'
            for path in $($look); do
                setpriv --reuid \(Self.stranger) --regid \(Self.stranger) --clear-groups cat $path >/dev/null 2>&1 &&
                    echo "stranger: $path"
            done
            touch $project/go
            wait $build
            """
        let command = user.command([try Stage.mkosi], home: tiny.directory("home"))
        let result = try run(
            ["sh", "-c", script, "sh", tiny.directory("home"), tiny.project] + command,
            environment: tiny.environment(),
            in: tiny.project,
            limit: 60
        )
        #expect(result.succeeded, "\(result)")
        #expect(result.outputLines.contains { $0.hasPrefix("root: 4755 ") }, "\(result)")
        #expect(result.outputLines.contains { $0.hasPrefix("root: 600 ") && $0.hasSuffix("config.json") }, "\(result)")
        #expect(!result.output.contains("stranger: "), "\(result)")
        // What is kept for later builds is closed, too.
        let store = tiny.directory("home/.cache/mkosi/layers")
        var status = stat()
        #expect(stat(store, &status) == 0 && status.st_mode & 0o7777 == 0o700)
    }

    @Test("Root runs no plugin of the home of another user, which sudo -E keeps", .needsRoot)
    func foreignPlugins() throws {
        let tiny = try TinyProject()
        let home = tiny.directory("home")
        let plugin = try tiny.directory.makeDirectory("home/.local/share/mkosi/plugins/tiny-python")
        let mark = tiny.directory("ran")
        for name in ["plugin.json", "check.json", "tiny.py"] {
            try runChecked(["cp", "\(Stage.packageRoot)/Examples/plugins/python/\(name)", plugin])
        }
        try runChecked(["sed", "-i", "1a open('\(mark)', 'w')", "\(plugin)/tiny.py"])
        func build(_ variable: String) throws -> RunResult {
            let caches = "XDG_CACHE_HOME=\(tiny.directory("cache"))"
            let environment = plainEnvironment + [variable, caches, "MKOSI_PLUGIN_PATH=\(try Stage.plugins)"]
            return try run([Stage.mkosi, "-f"], environment: environment, in: tiny.project)
        }
        let own = try build("HOME=\(home)")
        #expect(own.succeeded && Files.exists(mark), "\(own)")
        Files.remove(mark)
        try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", home])
        for variable in ["HOME=\(home)", "XDG_DATA_HOME=\(home)/.local/share"] {
            let result = try build(variable)
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("tiny-python"), "\(result)")
            #expect(result.errors.split(separator: "belongs to user \(TestUser.id),").count >= 2, "\(result)")
            #expect(!Files.exists(mark), "\(variable)")
        }
    }

    @Test("Outputs have the mode that the caller's mask gives any new file", arguments: ["077", "002", "022"])
    func mask(text: String) throws {
        let tiny = try TinyProject(configuration: "ManifestFormat=json\nChecksum=yes")
        try tiny.script(
            "mkosi.postoutput",
            "echo own >$OUTPUTDIR/own; echo key >$OUTPUTDIR/key; chmod 600 $OUTPUTDIR/key"
        )
        try tiny.directory.write("file\n", to: "project/mkosi.extra/file")
        let result = try run(
            ["sh", "-c", "umask $1; shift; exec \"$@\"", "sh", text, Stage.mkosi],
            environment: tiny.environment(),
            in: tiny.project
        )
        #expect(result.succeeded, "\(result)")
        let mode = "\(String(0o666 & ~(UInt32(text, radix: 8) ?? 0), radix: 8))"
        for name in ["image.tar", "image.manifest", "image.SHA256SUMS", "own"] {
            let found = try runChecked(["stat", "-c", "%a", "\(tiny.project)/\(name)"]).outputLines
            #expect(found == [mode], "\(name)")
        }
        #expect(try runChecked(["stat", "-c", "%a", "\(tiny.project)/key"]).outputLines == ["600"])
        #expect(try tiny.imageList().contains { $0.hasPrefix("-rw-r--r-- 0/0") && $0.hasSuffix(" file") })
    }

    @Test(
        "Without HOME only a directory of one's own is used, whatever others have put in its place",
        .needsRoot,
        arguments: ["nothing", "directory", "link"]
    )
    func homeless(attack: String) throws {
        let directory = try TemporaryDirectory(openToAll: true)
        let configuration = "[Distribution]\nDistribution=custom\n[Output]\nFormat=tar\nCompressOutput=none\n"
        try directory.write(configuration, to: "project/mkosi.conf")
        try directory.write("x\n", to: "project/mkosi.skeleton/x")
        for name in ["project", "victim"] {
            try directory.makeDirectory(name)
            try runChecked(["chown", "-R", "\(TestUser.id):\(TestUser.id)", directory(name)])
        }
        // A /var/tmp of the test's own, in which there is nothing else but its directory.
        let script = """
            set -eu
            mkdir "$1/hold"; mount -t tmpfs -o mode=1777 own "$1/hold"
            mkdir "$1/hold/${1##*/}"; mount --bind "$1" "$1/hold/${1##*/}"
            mount --move "$1/hold" /var/tmp
            place=/var/tmp/mkosi-\(TestUser.id)
            case $2 in
                directory) mkdir $place; chmod 777 $place ;;
                link) ln -s "$1/victim" $place ;;
            esac
            [ $2 = nothing ] || chown -h \(Self.stranger) $place
            cd "$1/project"; shift 2
            status=0
            setpriv --reuid \(TestUser.id) --regid \(TestUser.id) --clear-groups env -u HOME "$@" || status=$?
            stat -c '%a %u' $place
            exit $status
            """
        let result = try run(
            ["unshare", "--mount", "sh", "-c", script, "sh", directory.path, attack, Stage.mkosi],
            environment: plainEnvironment + ["MKOSI_PLUGIN_PATH=\(Stage.plugins)"],
            limit: 60
        )
        if attack == "nothing" {
            #expect(result.succeeded && result.outputLines.last == "700 \(TestUser.id)", "\(result)")
        } else {
            #expect(result.status == .exited(1), "\(result)")
            #expect(result.errors.contains("mkosi-\(TestUser.id): it belongs to user \(Self.stranger)"), "\(result)")
            #expect(try Files.list(directory("victim")).isEmpty)
        }
    }
}
