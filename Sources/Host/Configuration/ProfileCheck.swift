import ByteKeys
import Support
import System

/// Finds selected profiles that do not exist in the project.
///
/// An image need not have every profile, and some exist only for conditions to match; one that no image has and no
/// condition names is a slip.
struct ProfileCheck {
    /// The profiles that directories hold.
    private var known: ByteSet = []
    /// The chosen profiles, in the order of reading, each with the place that chooses it.
    private var chosen: [(name: String, place: String)] = []

    /// Takes note of an image's profiles, and of those that its directories hold.
    mutating func add(_ image: ImageConfiguration, known names: ByteSet) {
        known.formUnion(names)
        let selected = ByteSet(image[.profiles])
        // Unassigned values are defaults, which are for all distributions.
        for assignment in image.assignments(to: .profiles) {
            let value: Value
            switch assignment.change {
            case .set(let assigned), .append(let assigned): value = assigned
            case .reset: continue
            }
            for name in value.list ?? [] where selected.contains(name) {
                chosen.append((name, "\(assignment.origin)"))
            }
        }
    }

    /// A warning for each profile that is found nowhere; conditions are those of all files that were read.
    ///
    /// The project's own directories count even where conditions keep their images from being read.
    func warnings(_ files: [LoadedFile], project: String?, _ cache: FileCache) throws(Failure) -> [Warning] {
        guard chosen.contains(where: { !self.known.contains($0.name) }) else { return [] }
        var known = self.known
        for path in ByteSet(files.map(\.path)) { known.formUnion(Self.conditions(try cache.file(path).1)) }
        if let project {
            let images = Paths.join(project, "mkosi.images")
            for place in [project] + (try cache.names(in: images).map { Paths.join(images, $0) }) {
                known.formUnion(Self.profiles(try cache.names(in: Paths.join(place, "mkosi.profiles"))))
            }
        }
        var seen: ByteSet = []
        return chosen.filter { !known.contains($0.name) && seen.insert($0.name).inserted }.map { name, place in
            let message = "there is no profile \"\(name)\": no mkosi.profiles contains it, and no condition mentions it"
            return Warning(message: "\(place): \(message)", hint: Self.hint(name, known), excerpt: [])
        }
    }

    /// The names of profiles in a directory that holds these files and directories.
    static func profiles(_ names: [String]) -> [String] {
        names.map { $0.hasSuffix(".conf") ? String($0.dropLast(5)) : $0 }
    }

    private static func hint(_ name: String, _ known: ByteSet) -> String? {
        let names = known.sorted()
        if let near = Suggestion.nearest(to: name, in: names) { return "Did you mean \"\(near)\"?" }
        return names.isEmpty ? nil : "Profiles are: \(names.joined(separator: ", "))"
    }

    /// The profiles that conditions of a file ask for.
    private static func conditions(_ file: ConfigurationFile) -> ByteSet {
        var names: ByteSet = []
        for block in file.sections where ConditionSection(rawValue: block.name) != nil {
            for entry in block.entries where [settingName(.profiles), "Profile"].contains(entry.name) {
                names.insert(String(entry.text.drop { "|!\"'".contains($0) }.prefix { !"\"'".contains($0) }))
            }
        }
        return names
    }
}
