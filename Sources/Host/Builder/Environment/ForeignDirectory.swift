import ByteKeys
public import Configuration
import Display
import LayerStore
public import Support
import System

/// A directory with files of the user, or of the system, that a file of the project names, and what mkosi made in it.
///
/// A project can name the home of the user who builds it, together with the name of anything in it. In such a directory
/// mkosi replaces, removes and gives to scripts only what it made itself. A file in the user's own cache, never in one
/// that the project names, records that. Directories that hold nothing but what builds make (`../output`, `/var/tmp/x`)
/// are not foreign.
public struct ForeignDirectory: Sendable {
    let directory: String
    private let setting: String
    private let origin: Origin
    private let record: MadeRecord
    private let places: SensitivePlaces
    /// A Boolean value indicating whether the command line names the directory: then everything in it may be changed.
    private let isChosen: Bool

    /// Nil if everything in the directory may be changed, and no record is needed.
    public init?(
        _ directory: String,
        of setting: Setting<String?>,
        in image: ImageConfiguration,
        variables: [String: String]
    ) {
        origin = image.origin(of: setting)
        switch origin {
        case .standard: return nil
        case .option: isChosen = true
        case .file, .defaultPath: isChosen = false
        }
        let place = Self.resolved(directory)
        let project = Self.resolved(image.directory)
        if place == project || Paths.isBelow(place, project) { return nil }
        places = SensitivePlaces(project: project, variables: variables)
        guard places.contain(place) else { return nil }
        self.directory = directory
        self.setting = setting.name
        var identity = LayerInputs()
        identity.add("directory", place)
        record = MadeRecord(
            path: Paths.join(
                ImageConfiguration.userPackageCache(environment: variables),
                "made/\(identity.key.text)"
            ),
            directory: place
        )
    }

    /// The output directory of an image; nil if it is neither the user's nor the system's.
    public init?(ofOutputs image: ImageConfiguration, _ variables: [String: String]) {
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

    /// A Boolean value indicating whether what has this name may be replaced.
    func made(_ name: String) -> Bool { isChosen || record.names.contains(name) }

    /// A Boolean value indicating whether scripts may change everything in the directory.
    var isMade: Bool { isChosen || record.hasDirectory }

    /// Records names of what is about to be made.
    func add(_ new: [String]) throws(Failure) { try recording { () throws(SystemCallError) in try record.add(new) } }

    /// Records which entries got the names that were added.
    func identify(_ finished: [String]) throws(Failure) {
        try recording { () throws(SystemCallError) in try record.identify(finished) }
    }

    /// Records the directory itself, which has just been made.
    func addWhole() throws(Failure) {
        try recording { () throws(SystemCallError) in try record.addDirectory() }
    }

    /// Records that entries were removed: what gets such a name next may be the user's.
    public func forget(_ names: [String]) throws(Failure) {
        try recording { () throws(SystemCallError) in try record.remove(names) }
    }

    private func recording(_ body: () throws(SystemCallError) -> Void) throws(Failure) {
        do throws(SystemCallError) {
            try body()
        } catch {
            throw Failure(.system, "Cannot record what is made in \(printable(directory))", cause: error)
        }
    }

    /// Checks that no entries of these names exist that mkosi did not make.
    ///
    /// - Parameters:
    ///   - names: Names in the directory.
    ///   - value: What the setting says, if that is not the directory itself.
    /// - Throws: a failure that names the entries, and the option that gives the directory away.
    func check(_ names: [String], value: String? = nil) throws(Failure) {
        if isChosen { return }
        try checkNew(names, value: value)
        let made = record.names
        let conflicts = ByteSet(names).sorted().filter { name in
            !made.contains(name) && Files.kind(of: Paths.join(directory, name)) != nil
        }
        guard let first = conflicts.first else { return }
        let isOne = conflicts.count == 1
        let list = conflicts.map { ShellQuoting.word(printable($0)) }.joined(separator: ", ")
        let what = isOne ? printable(Paths.join(directory, first)) : "\(list) in \(printable(directory))"
        throw Failure(
            .exists,
            "Cannot change \(what): there is no record that mkosi made \(isOne ? "it" : "them"), and "
                + "\(printable(origin.description)) names a directory with files of the user or the system as \(setting)=",
            hint: "Move \(isOne ? "it" : "them") away, or name the directory on the command line once: "
                + Self.option(setting, value ?? directory)
        )
    }

    /// Checks that no program runs or obeys what gets one of these names, whether it exists or not.
    ///
    /// The parameters are those of `check`. Where the user has named the directory once, what it has is the user's wish.
    func checkNew(_ names: [String], value: String? = nil) throws(Failure) {
        if isMade { return }
        let made = record.names
        guard let first = names.first(where: { places.obey($0, in: record.directory) && !made.contains($0) }) else {
            return
        }
        throw Failure(
            .exists,
            "Cannot make \(printable(Paths.join(directory, first))): programs of the user or the system may run or obey "
                + "what has such a place, which \(printable(origin.description)) names as \(setting)=",
            hint: "Use another directory, or name this one on the command line once: "
                + Self.option(setting, value ?? directory)
        )
    }

    /// The option of a setting with a directory, as it can be typed.
    public static func option(_ setting: String, _ directory: String) -> String {
        var words = "-"
        for letter in setting { words += letter.isUppercase ? "-\(letter.lowercased())" : String(letter) }
        return "\(words)=\(ShellQuoting.word(printable(directory)))"
    }

    /// Of paths in an image's output directory, those that may be removed; the others are passed to `keep`.
    public static func removable(
        _ paths: [String],
        ofOutputsOf image: ImageConfiguration,
        variables: [String: String],
        keep: ([String]) -> Void
    ) -> [String] {
        removable(paths, in: Self(ofOutputs: image, variables), keep: keep)
    }

    /// The same for any directory.
    static func removable(_ paths: [String], in foreign: Self?, keep: ([String]) -> Void = { _ in }) -> [String] {
        guard let foreign, !foreign.isChosen else { return paths }
        let names = foreign.record.names
        let kept = paths.filter { !names.contains(Paths.name($0)) }
        if !kept.isEmpty { keep(kept) }
        return paths.filter { names.contains(Paths.name($0)) }
    }
}

extension ForeignDirectory {
    /// The part of `BuildDirectory=` that build scripts of the image change, or nil if nothing has to be asked.
    static func ofBuild(_ image: ImageConfiguration, _ variables: [String: String]) -> (Self, name: String)? {
        guard let path = image.buildDirectory.map(resolved), let parent = Paths.parent(path) else { return nil }
        return Self(parent, of: .buildDirectory, in: image, variables: variables).map { ($0, Paths.name(path)) }
    }

    /// Throws if scripts, or `--wipe-build-dir`, would change a directory of the user.
    static func checkBuild(_ image: ImageConfiguration, _ variables: [String: String]) throws(Failure) {
        guard let path = image.buildDirectory, let (foreign, name) = ofBuild(image, variables) else { return }
        try foreign.checkNew([name], value: image[.buildDirectory])
        // What has nothing in it can lose nothing, and is often made in advance.
        if (try? Files.list(path))?.isEmpty != true { try foreign.check([name], value: image[.buildDirectory]) }
    }

    /// Records the directory that scripts are given, which is made for them or has been empty.
    ///
    /// That one the user has given away by naming it while it was empty: the next build finds in it what scripts made.
    static func prepareBuild(_ image: ImageConfiguration, _ variables: [String: String]) throws(Failure) {
        try checkBuild(image, variables)
        if let (foreign, name) = ofBuild(image, variables) { try foreign.add([name]) }
    }
}
