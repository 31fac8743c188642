import Support
import TestSupport

/// One change of something that a build may read, and the lowest steps that have to run because of it.
struct InputCase: Sendable {
    var name: String
    var arguments: [String] = []
    /// Run in the project's directory.
    var script: String = ""
    var first: [String]

    /// A change made by a shell in the project.
    static func change(_ script: String, _ first: String...) -> InputCase {
        InputCase(name: script, script: script, first: first)
    }

    /// A setting with another value.
    static func option(_ argument: String, _ first: String...) -> InputCase {
        InputCase(name: argument, arguments: [argument], first: first)
    }

    /// What can be changed about a tree, and the step that reads it.
    static func tree(_ path: String, _ first: String..., times: Bool = true) -> [InputCase] {
        let scripts = [
            "echo more >> \(path)/file", "echo new > \(path)/new", "chmod 600 \(path)/file",
            "chmod 711 \(path)/directory",
            "rm \(path)/file", "mv \(path)/file \(path)/other", "ln -sfT directory \(path)/link",
            "touch -d @1300000000 \(path)/file", "touch -h -d @1300000000 \(path)/link", "mkdir \(path)/empty",
            // As large and as old as it was.
            "tr a-y b-z < \(path)/file > ../new; cat ../new > \(path)/file; touch -d @1400000000 \(path)/file; rm ../new",
        ]
        return scripts.map { InputCase(name: $0, script: $0, first: first) }
    }
}
