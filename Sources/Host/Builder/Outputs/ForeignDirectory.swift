import ByteKeys
public import Configuration
import LayerStore
import Support

/// A directory outside the project that a file of the project names, with what mkosi made in it.
///
/// A project can name any directory of the user who builds it, a home for example, together with the name of anything in
/// it. So in such a directory only what mkosi itself made is replaced, removed, or handed to scripts. What that is, a file
/// in the user's own cache says, never in a cache that the project names. Directories in the project are the project's to
/// lose, and what the user names on the command line is the user's decision: both are no foreign directories.
public struct ForeignDirectory: Sendable {
    private let directory: String
    private let setting: String
    private let record: String
    /// Stands for the directory itself, as no name in it can.
    private static let whole = "."

    /// Nil if nothing has to be asked before anything in the directory is changed.
    public init?(
        _ directory: String,
        of setting: Setting<String?>,
        in image: ImageConfiguration,
        variables: [String: String]
    ) {
        switch image.origin(of: setting) {
        case .option, .standard: return nil
        case .file, .defaultPath: break
        }
        let place = Self.resolved(directory)
        let project = Self.resolved(image.directory)
        if place == project || Paths.isBelow(place, project) { return nil }
        self.directory = directory
        self.setting = setting.name
        var identity = LayerInputs()
        identity.add("directory", place)
        record = Paths.join(
            ImageConfiguration.userPackageCache(environment: variables),
            "made/\(identity.key.text)"
        )
    }

    /// Where an image's outputs go.
    init?(ofOutputs image: ImageConfiguration, _ variables: [String: String]) {
        self.init(image.outputDirectory, of: .outputDirectory, in: image, variables: variables)
    }

    /// The path without links, also if its last components do not exist yet.
    private static func resolved(_ path: String) -> String {
        var existing = Paths.absolute(path)
        var rest: [String] = []
        while true {
            if let found = Paths.resolved(existing) { return rest.reversed().reduce(found) { Paths.join($0, $1) } }
            guard let parent = Paths.parent(existing) else { return Paths.absolute(path) }
            rest.append(Paths.name(existing))
            existing = parent
        }
    }

    private var names: ByteSet { ByteSet(((try? Files.readText(record)) ?? "").lines.map(String.init)) }

    /// Whether mkosi made what has this name.
    func made(_ name: String) -> Bool { names.contains(name) }

    /// Whether mkosi made the directory.
    var isMade: Bool { names.contains(Self.whole) }

    /// Adds names of what is about to be made.
    func add(_ new: [String]) throws(Failure) {
        let old = names
        let all = old.union(new.filter { !$0.contains("\n") })
        if all == old { return }
        do throws(SystemCallError) {
            try Files.makeDirectories(Paths.parent(record) ?? "/", mode: 0o700)
            try Files.write(all.sorted().map { "\($0)\n" }.joined().utf8, to: record, mode: 0o600)
        } catch {
            throw Failure(.system, "Cannot record what is made in \(directory)", cause: error)
        }
    }

    /// Adds the directory itself, which is about to be made.
    func addWhole() throws(Failure) { try add([Self.whole]) }

    /// Throws if something has this name that mkosi did not make.
    func check(_ name: String) throws(Failure) {
        let path = Paths.join(directory, name)
        guard Files.kind(of: path) != nil, !made(name) else { return }
        throw Failure(
            .exists,
            "\(path) exists and was not made by mkosi; \(setting)= in a file of the project does not give it away",
            hint: "Move it away, or name the directory on the command line: \(option)=\(directory)"
        )
    }

    private var option: String {
        var words = "-"
        for letter in setting { words += letter.isUppercase ? "-\(letter.lowercased())" : String(letter) }
        return words
    }

    /// Of paths in the directory, those that mkosi made; the others are passed to `keep`.
    static func removable(_ paths: [String], in foreign: Self?, keep: (String) -> Void = { _ in }) -> [String] {
        guard let foreign else { return paths }
        let names = foreign.names
        return paths.filter { path in
            if names.contains(Paths.name(path)) { return true }
            keep(path)
            return false
        }
    }
}

extension ForeignDirectory {
    /// The part of `BuildDirectory=` that build scripts of the image change, or nil if nothing has to be asked.
    static func ofBuild(_ image: ImageConfiguration, _ variables: [String: String]) -> (Self, name: String)? {
        guard let path = image.buildDirectory, let parent = Paths.parent(path) else { return nil }
        return Self(parent, of: .buildDirectory, in: image, variables: variables).map { ($0, Paths.name(path)) }
    }

    /// Throws if scripts would change a directory of the user; records one that is about to be made for them.
    static func prepareBuild(_ image: ImageConfiguration, _ variables: [String: String]) throws(Failure) {
        guard let path = image.buildDirectory, let (foreign, name) = ofBuild(image, variables) else { return }
        // What has nothing in it can lose nothing, and is often made in advance.
        if (try? Files.list(path))?.isEmpty != true { try foreign.check(name) }
        try foreign.add([name])
    }
}
