import ByteKeys
public import Configuration
import Glibc
import LayerStore
import Support
import System

/// A directory with files of the user, or of the system, that a file of the project names, and what mkosi made in it.
///
/// A project can name the home of the user who builds it, together with the name of anything in it. In such a directory
/// mkosi replaces, removes and gives to scripts only what it made itself. A file in the user's own cache, never in one
/// that the project names, records that. Directories that hold nothing but what builds make (`../output`, `/var/tmp/x`)
/// are not foreign.
public struct ForeignDirectory: Sendable {
    private let directory: String
    private let setting: String
    private let record: String
    /// A Boolean value indicating whether the command line names the directory: then everything in it may be changed.
    private let isChosen: Bool
    /// Stands for the directory itself, as no name in it can.
    private static let whole = "."

    /// Nil if everything in the directory may be changed, and no record is needed.
    public init?(
        _ directory: String,
        of setting: Setting<String?>,
        in image: ImageConfiguration,
        variables: [String: String]
    ) {
        let isChosen: Bool
        switch image.origin(of: setting) {
        case .standard: return nil
        case .option: isChosen = true
        case .file, .defaultPath: isChosen = false
        }
        let place = Self.resolved(directory)
        let project = Self.resolved(image.directory)
        if place == project || Paths.isBelow(place, project) { return nil }
        guard SensitivePlaces(project: project, variables: variables).contain(place) else { return nil }
        self.isChosen = isChosen
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

    /// A Boolean value indicating whether files in a directory may be removed without knowing who made them.
    public static func isFree(
        _ directory: String,
        of setting: Setting<String?>,
        in image: ImageConfiguration,
        variables: [String: String]
    ) -> Bool {
        Self(directory, of: setting, in: image, variables: variables)?.isChosen ?? true
    }

    /// The path without links, also if its last components do not exist yet.
    static func resolved(_ path: String) -> String {
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

    /// A Boolean value indicating whether what has this name may be replaced.
    func made(_ name: String) -> Bool { isChosen || names.contains(name) }

    /// A Boolean value indicating whether scripts may change everything in the directory.
    var isMade: Bool { made(Self.whole) }

    /// Records names of what is about to be made.
    func add(_ new: [String]) throws(Failure) {
        let missing = new.filter { !$0.contains("\n") && !names.contains($0) }
        if missing.isEmpty { return }
        do throws(SystemCallError) {
            try Files.makeDirectories(Paths.parent(record) ?? "/", mode: 0o700)
            // Builds in parallel append to the same file: a line at its end loses none of theirs.
            let file = try Descriptor.open(record, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, mode: 0o600)
            try writeAll(file.number, missing.map { "\($0)\n" }.joined().utf8, record)
        } catch {
            throw Failure(.system, "Cannot record what is made in \(directory)", cause: error)
        }
    }

    /// Records the directory itself, which is about to be made.
    func addWhole() throws(Failure) { try add([Self.whole]) }

    /// Checks that no entry of this name exists that mkosi did not make.
    ///
    /// - Parameters:
    ///   - name: A name in the directory.
    ///   - value: What the setting says, if that is not the directory itself.
    /// - Throws: a failure that names the entry, and the option that gives the directory away.
    func check(_ name: String, value: String? = nil) throws(Failure) {
        let path = Paths.join(directory, name)
        guard Files.kind(of: path) != nil, !made(name) else { return }
        throw Failure(
            .exists,
            "Cannot change \(path): there is no record that mkosi made it, and a file of the project names a directory "
                + "with files of the user or the system as \(setting)=",
            hint: "Move it away, or name the directory on the command line once: \(option)=\(value ?? directory)"
        )
    }

    private var option: String {
        var words = "-"
        for letter in setting { words += letter.isUppercase ? "-\(letter.lowercased())" : String(letter) }
        return words
    }

    /// Of paths in the directory, those that mkosi made; the others are passed to `keep`.
    static func removable(_ paths: [String], in foreign: Self?, keep: (String) -> Void = { _ in }) -> [String] {
        guard let foreign, !foreign.isChosen else { return paths }
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
        guard let path = image.buildDirectory.map(resolved), let parent = Paths.parent(path) else { return nil }
        return Self(parent, of: .buildDirectory, in: image, variables: variables).map { ($0, Paths.name(path)) }
    }

    /// Throws if scripts would change a directory of the user; records one that is about to be made for them.
    static func prepareBuild(_ image: ImageConfiguration, _ variables: [String: String]) throws(Failure) {
        guard let path = image.buildDirectory, let (foreign, name) = ofBuild(image, variables) else { return }
        // What has nothing in it can lose nothing, and is often made in advance.
        if (try? Files.list(path))?.isEmpty != true { try foreign.check(name, value: image[.buildDirectory]) }
        try foreign.add([name])
    }
}
