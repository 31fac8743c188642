/// The packages of the host's distribution that have programs, for hints about programs that are missing.
///
/// Distributions name them in their descriptions; the host itself knows no names of packages.
public struct ProgramPackages: Sendable, Equatable {
    /// The display name of the distribution; nil: no installed plugin knows it.
    public var distribution: String?
    /// The command that installs packages, without their names.
    public var installCommand: String?
    /// From the name of a program to that of its package.
    private let packages: [String: String]

    public init(
        distribution: String? = nil,
        installCommand: String? = nil,
        _ packages: [String: String] = [:]
    ) {
        self.distribution = distribution
        self.installCommand = installCommand
        self.packages = packages
    }

    /// The way to install the packages of some programs, each given by the names of which one is enough.
    ///
    /// - Returns: A sentence; nil if the distribution names none of the packages.
    public func installation(of programs: [[String]]) -> String? {
        let names = Set(programs.compactMap { $0.lazy.compactMap { packages[$0] }.first }).sorted()
        if names.isEmpty { return nil }
        if let installCommand { return "\(installCommand) \(names.joined(separator: " "))" }
        return "Install \(names.count == 1 ? "the package" : "the packages") \(names.joined(separator: ", "))"
    }

    /// The hint for one program that is missing.
    ///
    /// - Parameters:
    ///   - program: Its name, or the name of what the contract lists next to programs.
    ///   - alternative: Something else that the user can do: `set TPM=no`.
    /// - Returns: The sentence.
    public func hint(_ program: String, or alternative: String? = nil) -> String {
        let place = distribution.map { "No package of \($0) is known to have it: install" } ?? "Install"
        let way = installation(of: [[program]]) ?? "\(place) it"
        return alternative.map { "\(way), or \($0)" } ?? way
    }

    /// The name for UEFI firmware for virtual machines, among programs.
    public static func firmware(_ architecture: String) -> String { "uefi-firmware-\(architecture)" }
}
