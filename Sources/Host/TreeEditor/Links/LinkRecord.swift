import System

/// The record of the copies of `LinkRaising`: fields that end with a zero byte, as paths may hold anything else.
struct LinkRecord {
    /// A file with several names, as the kernel knew it when all of them were made.
    struct Group {
        var paths: [BytePath]
        var inode: UInt64
        var changed: FileTime

        init(paths: [BytePath], _ status: FileStatus) {
            self.init(paths: paths, inode: status.inode, changed: status.changed)
        }

        init(paths: [BytePath], inode: UInt64, changed: FileTime) {
            (self.paths, self.inode, self.changed) = (paths, inode, changed)
        }

        /// Returns true if nothing was done to the file since: every change gives it another time of change.
        func isUntouched(_ status: FileStatus) -> Bool {
            status.inode == inode && status.links == paths.count && status.changed == changed
        }
    }

    /// A directory that was made for them.
    struct Directory {
        var path: BytePath
        /// A text that is the same for the same owner, mode, time and attributes.
        var attributes: String

        init(path: BytePath, attributes: NodeAttributes) {
            self.init(path: path, attributes: Self.text(attributes))
        }

        init(path: BytePath, attributes: String) {
            (self.path, self.attributes) = (path, attributes)
        }

        static func text(_ attributes: NodeAttributes) -> String {
            let extended = attributes.extended.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
            let numbers = [attributes.user, attributes.group, attributes.mode].map(String.init)
            let time = "\(attributes.modified.seconds).\(attributes.modified.nanoseconds)"
            return (numbers + [time, extended]).joined(separator: " ")
        }
    }

    var groups: [Group] = []
    /// Outer ones first.
    var directories: [Directory] = []

    init() {}

    var bytes: [UInt8] {
        var fields: [[UInt8]] = []
        for group in groups {
            let changed = group.changed
            let numbers = "\(group.inode) \(changed.seconds) \(changed.nanoseconds) \(group.paths.count)"
            fields += [Array("f".utf8), Array(numbers.utf8)] + group.paths.map(\.bytes)
        }
        for directory in directories {
            fields += [Array("d".utf8), Array(directory.attributes.utf8), directory.path.bytes]
        }
        return fields.flatMap { $0 + [0] }
    }

    /// Reads `bytes`; nil where they are damaged.
    init?(_ bytes: [UInt8]) {
        var fields = bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        while let kind = fields.popFirst() {
            guard let text = fields.popFirst().map({ String(decoding: $0, as: UTF8.self) }) else { return nil }
            if kind.elementsEqual("d".utf8) {
                guard let path = fields.popFirst() else { return nil }
                directories.append(Directory(path: BytePath(bytes: Array(path)), attributes: text))
                continue
            }
            let numbers = text.split(separator: " ").compactMap { Int($0) }
            guard numbers.count == 4, let inode = UInt64(exactly: numbers[0]), (0...fields.count).contains(numbers[3])
            else {
                return nil
            }
            let paths = fields.prefix(numbers[3]).map { BytePath(bytes: Array($0)) }
            fields = fields.dropFirst(paths.count)
            let changed = FileTime(seconds: numbers[1], nanoseconds: numbers[2])
            groups.append(Group(paths: paths, inode: inode, changed: changed))
        }
    }
}
