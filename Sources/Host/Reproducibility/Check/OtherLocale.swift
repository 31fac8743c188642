public import Execution
public import Support
import System
import Tools

/// Finds a locale that sorts otherwise than the one that builds have.
public struct OtherLocale {
    private let cancellation: Cancellation

    public init(cancellation: Cancellation) {
        self.cancellation = cancellation
    }

    private static let wanted = "en_US"

    /// One that the machine has, or one that is made in `directory` for the time of a check; nil where neither can be.
    public func find(in directory: String) throws(Failure) -> BuildVariation.Locale? {
        let names = try output("locale", ["-a"]).split(separator: "\n").map(String.init).filter { name in
            !["C", "POSIX"].contains(name) && !name.hasPrefix("C.") && name.lowercased().contains("utf")
        }
        if let name = names.first(where: { $0.hasPrefix(Self.wanted) }) ?? names.first {
            return BuildVariation.Locale(name: name, directory: nil)
        }
        let name = "\(Self.wanted).UTF-8"
        _ = try output(
            "localedef",
            ["-c", "--no-archive", "-i", Self.wanted, "-f", "UTF-8", Paths.join(directory, name)]
        )
        return Files.isDirectory(Paths.join(directory, name))
            ? BuildVariation.Locale(name: name, directory: directory) : nil
    }

    private func output(_ name: String, _ arguments: [String]) throws(Failure) -> String {
        guard let program = Tools().find(name) else { return "" }
        var command = Command(program, arguments, environment: ["PATH=\(SearchPath.distribution)"])
        command.captureLimit = 1 << 20
        return String(decoding: try command.run(cancellation: cancellation).output, as: UTF8.self)
    }
}
