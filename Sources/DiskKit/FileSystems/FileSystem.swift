/// A kind of file system: which program makes it, where, and what is lost on the way.
public struct FileSystem: Sendable {
    /// The value of `Format=`.
    public let name: String
    /// The programs that make it; none if this module writes it itself.
    public let programs: [String]
    public let placement: Placement
    /// The fewest bytes that a partition with it has.
    public let minimumSize: UInt64
    /// Bytes of the longest label.
    public let labelLimit: Int
    /// True if it can be made without files.
    public let allowsNone: Bool
    /// The features that it cannot keep, or that its programs do not put into it.
    public let loses: Set<ContentMeasure.Feature>
    /// The fewest bytes that its program makes one of.
    var smallestSize: UInt64 = 0
    /// The possible values of `Compression=`; nil if they are not checked.
    var compressions: [String]?
    /// Refuses what the installed version of a program cannot do.
    var check: @Sendable (PartitionDefinition, Run) throws(DiskError) -> Void = { (_, _) throws(DiskError) in }
    /// Makes it out of a directory.
    let make: @Sendable (Request) throws(DiskError) -> Void
    /// The bytes that some content takes in a file system of a size; nil where only those of the files are known.
    var used: (@Sendable (ContentMeasure, UInt64) -> UInt64)?
    /// The bytes that hold some content.
    let need: @Sendable (ContentMeasure) -> UInt64

    public enum Placement: Sendable {
        /// Straight into its partition, whose size has to be known before.
        case inPlace
        /// As a file of its own with the size of its partition, which is moved there.
        case moved
        /// The same, or with the size of the content.
        case shrinkable
        /// As a file of its own, whose size is that of the content.
        case apart
    }

    /// True if the content's size is known only once the file system has been made.
    func isMadeFirst(_ definition: PartitionDefinition) -> Bool {
        placement == .apart || placement == .shrinkable && definition.minimize != .off
    }

    /// True if files can be changed in it.
    var isWritable: Bool { placement != .apart }

    /// Runs a program to its end; returns the last lines that it printed.
    public typealias Run =
        @Sendable (_ command: [String], _ environment: [String: String]) throws(DiskError) -> [String]

    /// One file system to be made.
    struct Request {
        /// The content from the tree, and the place of the tree; for file systems that this module writes.
        var plan: ContentPlan
        var root: String
        /// The directory with exactly the content; nil for none.
        var source: String?
        var measure: ContentMeasure?
        /// The image, or the file of its own.
        var image: String
        var offset: UInt64 = 0
        /// Bytes of the partition; 0 for a file of its own.
        var size: UInt64 = 0
        var identifier: GUID
        var label: String
        /// Seconds since the epoch that no time exceeds, and that stand for now.
        var epoch: Int
        var sectorSize: UInt64
        /// The options of the definition besides the content.
        var options: PartitionDefinition.Content
        var jobs: Int
        var run: Run
        var warn: @Sendable (String) -> Void
    }

    /// Every kind, by the value of `Format=`.
    public static let all: [String: FileSystem] = Dictionary(
        uniqueKeysWithValues: [ext4, vfat, swap, erofs, squashfs, btrfs, xfs, f2fs].map { ($0.name, $0) }
    )

    /// The label, cut to what the file system holds, at a whole character.
    func label(_ text: String) -> String {
        var label = text
        while label.utf8.count > labelLimit { label.removeLast() }
        return label
    }

    private static let swap = FileSystem(
        name: "swap",
        programs: [],
        placement: .inPlace,
        minimumSize: 0,
        labelLimit: 15,
        allowsNone: true,
        loses: [],
        make: { (request) throws(DiskError) in
            let header = try SwapArea.header(size: request.size, identifier: request.identifier, label: request.label)
            try ImageFile(request.image).write(header, at: request.offset)
        },
        need: { _ in 0 }
    )
}
