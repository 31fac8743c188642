internal import CShims
internal import Glibc
internal import System

extension TreeBuilder {
    static let nodes = ["null", "zero", "full", "random", "urandom", "tty"]

    /// Makes the devices that programs expect in /dev, and nothing of the machine's own.
    mutating func makeDevices(at target: SandboxPath) throws(SandboxError) {
        note("devices at \(target.text)")
        try tree.attach(Mount.temporary(mode: 0o755), at: target)
        for node in Self.nodes {
            try bindDevice("/dev/\(node)", at: target.appending(node))
        }
        for (name, content) in [
            ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"), ("ptmx", "pts/ptmx"),
        ] {
            let parent = try tree.makeParent(of: target.appending(name))
            let result = SystemCall.result { symlinkat(content, parent.number, name) }
            try SystemCall.check(result, "symlinkat", target.appending(name).text, while: "Cannot create a symlink")
        }
        try tree.attach(Mount.temporary(mode: 0o1777), at: target.appending("shm"))
        try tree.attach(Mount.terminals(), at: target.appending("pts"))
        if let console {
            try bindDevice(console, at: target.appending("console"))
        }
    }

    private mutating func bindDevice(_ source: String, at target: SandboxPath) throws(SandboxError) {
        guard let mount = try Mount.clone(source) else {
            return note("no \(source) here")
        }
        // A device is written to all the same; its owner, its mode and its times are the host's and cannot be changed.
        try Mount.makeReadOnly(mount, name: source)
        try tree.attach(mount, at: target)
    }

    private static let systemDirectories = [
        "block", "bus", "class", "dev", "devices/system", "firmware", "fs/cgroup", "kernel", "module", "power",
    ]

    /// The directories of a sysfs, empty, but for the processors that programs count there.
    mutating func makeSystem(at target: SandboxPath) throws(SandboxError) {
        note("masked system information at \(target.text)")
        let mount = try Mount.temporary(mode: 0o755)
        try tree.attach(mount, at: target)
        for name in Self.systemDirectories {
            _ = try tree.makeDirectory(target.appending(name))
        }
        if let processors = try Mount.clone("/sys/devices/system/cpu") {
            try Mount.makeReadOnly(processors, name: "/sys/devices/system/cpu")
            try tree.attach(processors, at: target.appending("devices/system/cpu"))
        }
        if let root = try tree.open(target) {
            try Mount.makeReadOnly(root, recursive: false, name: target.text)
        }
    }
}

extension Mount {
    /// A devpts of its own; the group of terminals can be given to them only where it exists.
    fileprivate static func terminals() throws(SandboxError) -> Descriptor {
        let options = [(name: "ptmxmode", value: "0666"), (name: "mode", value: "0620")]
        do throws(SandboxError) {
            return try new("devpts", options + [(name: "gid", value: "5")], allowDevices: true)
        } catch  where error.errno == EINVAL {
            return try new("devpts", options, allowDevices: true)
        }
    }
}
