import ByteKeys
import Support
import System

extension Loader {
    /// Sets environment variables of the main image; they count more than the image's own.
    mutating func pass(_ variables: (origin: Origin, values: ByteDictionary<String>)) {
        guard !variables.values.isEmpty, let row = registry.setting(.environment) else { return }
        let text = variables.values.sorted().map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let change = Assignment.Change.append(.dictionary(variables.values))
        let assignment = Assignment(origin: variables.origin, text: text, change: change)
        resolver.store.add(assignment, to: registry.slot(of: row), in: .commandLine)
    }

    /// Makes the beginnings of collections that the main image has under a name of their own: `InitrdPackages=`.
    mutating func pass(from main: ImageConfiguration) {
        for (own, theirs) in main.counterparts(of: role) where own.kind.isCollection {
            // Without initrd profiles the initrd has the profiles of the main image.
            if main.value(named: theirs.name) == theirs.kind.nothing, main.assignments(to: theirs.name).isEmpty {
                continue
            }
            let assignment = Assignment(
                origin: main.origin(of: theirs.name),
                text: "",
                change: .append(main.value(named: theirs.name))
            )
            resolver.store.add(assignment, to: registry.slot(of: own), in: .local)
        }
    }

    /// Reads the files of `EnvironmentFiles=`, in order; later ones win.
    mutating func readEnvironmentFiles() throws(Failure) {
        guard let row = registry.setting(.environmentFiles) else { return }
        for path in resolver.value(of: row).list ?? [] {
            let text: String
            do throws(SystemCallError) {
                text = try Files.readText(path)
            } catch {
                let assignments = resolver.assignments(of: registry.slot(of: row))
                let origin = assignments.last { $0.change == .append(.list([path])) } ?? assignments.last
                throw Failure(
                    .missing,
                    "\(origin?.origin ?? .standard): EnvironmentFiles= names \(path), which cannot be read",
                    cause: error
                )
            }
            let variables = try EnvironmentFile.variables(
                in: text,
                path: path,
                caller: resolver.host.environment
            )
            resolver.fileVariables.merge(variables) { $1 }
        }
    }
}

extension ImageConfiguration {
    /// The variables that `PassEnvironment=` hands down, and where they are set.
    var passedEnvironment: (origin: Origin, values: ByteDictionary<String>) {
        let names = ByteSet(self[.passEnvironment])
        return (origin(of: .passEnvironment), environment.filter { names.contains($0.key) })
    }
}
