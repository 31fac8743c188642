import PluginKit
import PluginWire
import System

/// Copies initrds to where artifacts are kept.
enum InitrdCommand {
    static let name = "initrd"

    struct Job: Codable {
        /// The tree of the image.
        var root: String?
        /// The paths of the initrds; of paths of the tree, which have no names, the first that exists.
        var sources: [String]
        /// Their names as the user calls them.
        var names: [String]
        /// A directory of which all files come after them, in the order of their names.
        var directory: String?
        /// The archives that come after them.
        var modules: [String]
        var staging: String
    }

    /// Returns the places of a kernel's initrd in the tree of an image.
    static func places(of kernel: String) -> [String] {
        ["/usr/lib/modules/\(kernel)/initrd", "/boot/initrd.img-\(kernel)", "/boot/initramfs-\(kernel).img"]
    }

    @Sendable static func run(_ arguments: [String]) throws -> Int32 {
        let job = try ToolJob.read(Job.self)
        let places = job.root.map { root in job.sources.compactMap { Files.place($0, inTree: root) } } ?? []
        let own = places.first { Files.isPlainFile($0) }
        let sources = job.names.isEmpty ? own.map { [$0] } ?? [] : job.sources
        let added = try job.directory.map { directory in
            try Files.list(directory).sorted().map { "\(directory)/\($0)" }
        }
        var names: Set<String> = []
        for (index, source) in (sources + (added ?? []) + job.modules).enumerated() {
            // Boot loaders may show the names; two archives in different directories may have the same one.
            var name = Paths.name(index < job.names.count ? job.names[index] : source)
            if !names.insert(name).inserted { name = "\(index)-\(name)" }
            names.insert(name)
            do throws(SystemCallError) {
                try Files.copy(source, to: "\(job.staging)/\(name)")
            } catch {
                let subject = index < job.names.count ? job.names[index] : source
                throw ErrorObject(code: .notFound, message: "cannot read the initrd \(subject): \(error.reason)")
            }
            print(name)
        }
        return 0
    }
}
