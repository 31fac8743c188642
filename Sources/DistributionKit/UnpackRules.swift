public import ArchiveKit
public import System

/// The peculiarities of a package manager that `UnpackPass` asks for, entry by entry.
///
/// What all of them share is in the pass: threads, claims on paths, directories, and taking a pass back. What a package
/// manager does with a configuration file, or notes in its database, is in the type that conforms to this.
public protocol UnpackRules: Sendable {
    associatedtype Package: UnpackingPackage
    /// The package manager's notes about a package's files for later, such as their digests.
    associatedtype Notes: Sendable

    /// Begins the notes of a package.
    func notes(of package: Package) -> Notes

    /// Reads the archive of a package's files.
    func read(_ package: Package, _ body: (inout ArchiveReader) throws -> Void) throws

    /// Returns true if an entry stays out of the tree, because the configuration says so.
    func excludes(_ name: BytePath, isDirectoryOrLink: Bool) -> Bool

    /// Returns the place of a path of this package if the administrator has diverted it; otherwise the path itself.
    func place(of name: BytePath, in package: Package) -> BytePath

    /// Owner and mode that the administrator chose for a path.
    func override(of name: BytePath) -> Ownership?

    /// Writes an entry, no directory, whose path the package has.
    func write(
        _ entry: UnpackedEntry<Package>,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<Self>,
        _ notes: inout Notes
    ) throws

    /// Notes an entry, no directory, that is not written now: another package has the path, or something is mounted above it.
    func passOver(_ entry: UnpackedEntry<Package>, _ reader: inout ArchiveReader, _ notes: inout Notes) throws

    /// Writes an entry, or a directory, of a pass in order.
    func writeInOrder(
        _ entry: UnpackedEntry<Package>,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<Self>,
        _ notes: inout Notes
    ) throws

    /// Ends a package of a pass in order, and returns the notes to keep.
    func finishInOrder(_ package: Package, _ notes: inout Notes) throws

    /// Entries that packages lost in a pass in order, by package.
    func lostInOrder() -> [Int: Set<BytePath>]

    /// The name of a new version of a file that waits next to the existing one; nil if there is none.
    var waitingSuffix: String? { get }
}

extension UnpackRules {
    public func excludes(_ name: BytePath, isDirectoryOrLink: Bool) -> Bool { false }
    public func place(of name: BytePath, in package: Package) -> BytePath { name }
    public func override(of name: BytePath) -> Ownership? { nil }
    public func passOver(_ entry: UnpackedEntry<Package>, _ reader: inout ArchiveReader, _ notes: inout Notes) throws {}
    public func finishInOrder(_ package: Package, _ notes: inout Notes) throws {}
    public func lostInOrder() -> [Int: Set<BytePath>] { [:] }
    public var waitingSuffix: String? { nil }

    /// A package manager that has no rules of its own: the entry takes the place of what is there.
    public func write(
        _ entry: UnpackedEntry<Package>,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<Self>,
        _ notes: inout Notes
    ) throws {
        try pass.write(entry, &reader)
    }

    /// A later package takes the place of what an earlier one has.
    public func writeInOrder(
        _ entry: UnpackedEntry<Package>,
        _ reader: inout ArchiveReader,
        _ pass: UnpackPass<Self>,
        _ notes: inout Notes
    ) throws {
        if entry.archived.kind == .directory { return try pass.makeDirectory(entry) }
        try pass.write(entry, &reader)
    }
}
