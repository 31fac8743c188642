import Glibc
import PluginWire
import System

/// The end of a pass.
extension UnpackPass {
    /// Writes the files of those packages that won a path which another had written.
    func settle() throws {
        let outcome = try state.withLock { try $0.claims.settle(packages) }
        for (index, entries) in outcome.rewrite.sorted(by: { $0.key < $1.key }) {
            try Self.extract(entries, of: packages[index], rules, layout)
        }
        state.withLock { state in
            for (index, entries) in outcome.lost { state.result.lose(entries, of: index) }
            state.result.unwritten = outcome.unwritten.filter { outcome.lost[$0.key] != nil }
        }
    }

    /// Takes out of the lists what later packages took over in order.
    func forgetLost() {
        let lost = rules.lostInOrder()
        state.withLock { state in
            for (index, entries) in lost { state.result.lose(entries, of: index) }
        }
    }

    /// Puts owner and mode on new directories, when nothing more is written into them.
    func finishDirectories() throws {
        let (fresh, directories) = state.withLock { ($0.fresh, $0.claims.directories) }
        for path in fresh {
            // In order, a file of a later package may be there now.
            guard let directory = directories[path], InTree(path)?.isDirectory == true else { continue }
            let place = path.isEmpty ? BytePath(".") : path
            if directory.user != 0 || directory.group != 0,
                place.withCString({ chown($0, directory.user, directory.group) }) != 0
            {
                throw SystemFile.failure("set the owner of", "/\(path)")
            }
            if place.withCString({ chmod($0, directory.mode) }) != 0 {
                throw SystemFile.failure("set the mode of", "/\(path)")
            }
        }
    }

    /// Removes everything that this pass made, and nothing that was there before.
    func undo() throws {
        let (fresh, claims) = state.withLock {
            ($0.fresh.union($0.implied).subtracting(startingFresh), $0.claims.files)
        }
        let made = claims.filter { own.contains($0.value.package) }
        // A path may lead through links, which are there until nothing is below them any more.
        for (path, claim) in made where !claim.isLink {
            _ = path.withCString { unlink($0) }
            if let suffix = rules.waitingSuffix { _ = path.adding(suffix: suffix).withCString { unlink($0) } }
        }
        var links = Set(made.filter(\.value.isLink).keys)
        var directories = fresh
        var hasChanged = true
        while hasChanged {
            hasChanged = false
            for path in directories.sorted(by: >) where path.isEmpty || path.withCString({ rmdir($0) }) == 0 {
                directories.remove(path)
                hasChanged = true
            }
            for path in links where !directories.contains(where: { $0.isBelow(path) }) {
                _ = path.withCString { unlink($0) }
                links.remove(path)
                hasChanged = true
            }
        }
        if let path = directories.min() {
            throw ErrorObject(code: .internalError, message: "cannot unpack again in order: /\(path) is not empty")
        }
    }
}

extension UnpackPass.Result {
    /// Takes entries out of a package's list; of a package of an earlier pass they are noted.
    fileprivate mutating func lose(_ entries: Set<BytePath>, of index: Int) {
        listings[index]?.removeAll { entries.contains($0) }
        if listings[index] == nil { lost[index] = entries }
    }
}

extension BytePath {
    /// Returns true if this is the path of something in a directory, at whatever depth.
    fileprivate func isBelow(_ directory: BytePath) -> Bool {
        bytes.count > directory.bytes.count && bytes[directory.bytes.count] == UInt8(ascii: "/")
            && bytes.starts(with: directory.bytes)
    }
}
