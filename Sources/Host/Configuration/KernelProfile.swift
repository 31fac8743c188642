public import ByteKeys
import JSON
import PluginWire
import Support
import System

/// A profile that is added to each unified kernel image, as its own file describes it.
public struct KernelProfile: Sendable, Equatable {
    /// The content of its `.profile` section; `ID` is always there.
    public var profile: ByteDictionary<String>
    /// The words that are added to the kernel command line.
    public var commandLine: [String]
    /// True if the measurements that a boot of the profile gives are signed.
    public var signsExpectedMeasurements: Bool

    /// The section of a file that describes a profile, and its settings.
    static let section = "UKIProfile"
    static let settings = ["Profile", "Cmdline", "SignExpectedPcr"]

    var json: JSON {
        .object([
            "Profile": .object(profile.mapValues(JSON.string)), "Cmdline": .array(commandLine.map(JSON.string)),
            "SignExpectedPcr": .bool(signsExpectedMeasurements),
        ])
    }
}

extension KernelProfile {
    /// Reads the file of a profile; what it does not know is a failure that shows the place.
    init(file: ConfigurationFile) throws(Failure) {
        self.init(profile: [:], commandLine: [], signsExpectedMeasurements: true)
        for block in file.sections {
            guard block.name == Self.section else {
                throw file.failure(
                    "unknown section in a profile: [\(block.name)]",
                    at: block.position,
                    length: block.name.utf8.count + 2,
                    hint: "Write [\(Self.section)]"
                )
            }
            for entry in block.entries { try read(entry, file) }
        }
        guard let identifier = profile["ID"], !identifier.isEmpty else {
            throw Failure(.configuration, "\(file.path): Profile= has no ID", hint: "Write Profile=ID=NAME")
        }
    }

    private mutating func read(_ entry: ConfigurationFile.Entry, _ file: ConfigurationFile) throws(Failure) {
        switch entry.name {
        case "Profile":
            if entry.text.isEmpty { profile = [:] }
            try readPairs(entry, file)
        case "Cmdline":
            if entry.text.isEmpty { commandLine = [] }
            commandLine += ElementSplitter.split(entry.pieces, delimiter: UInt8(ascii: " "), unescapes: false)
                .map(\.text)
        case "SignExpectedPcr":
            if entry.text.isEmpty {
                signsExpectedMeasurements = true
            } else if let value = Scalars.boolean(entry.text) {
                signsExpectedMeasurements = value
            } else {
                let piece = entry.pieces[0]
                throw file.failure(
                    "SignExpectedPcr= needs a boolean, not \"\(piece.text)\"",
                    at: piece.position,
                    length: piece.text.utf8.count,
                    hint: "Use yes or no"
                )
            }
        default:
            throw file.failure(
                "unknown setting in a profile: \(entry.name)=",
                at: entry.position,
                length: entry.name.utf8.count,
                hint: "Settings are: \(Self.settings.joined(separator: ", "))"
            )
        }
    }

    /// Reads `KEY=VALUE`, one in each line or several in one: a further key is a word in capitals before an equals
    /// sign.
    private mutating func readPairs(
        _ entry: ConfigurationFile.Entry,
        _ file: ConfigurationFile
    ) throws(Failure) {
        for piece in entry.pieces where !piece.text.isEmpty {
            var key: String?
            for bytes in piece.text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
                let word = Substring(bytes)
                let name = Substring(bytes.prefix { $0 != UInt8(ascii: "=") })
                if name.utf8.count < bytes.count, key == nil ? !name.isEmpty : Self.isKey(name) {
                    key = String(name)
                    profile[String(name)] = String(Substring(bytes.dropFirst(name.utf8.count + 1)))
                } else if let key {
                    profile[key, default: ""] += " \(word)"
                } else {
                    throw file.failure(
                        "Profile= needs KEY=VALUE, not \"\(piece.text)\"",
                        at: piece.position,
                        length: piece.text.utf8.count
                    )
                }
            }
        }
    }

    private static func isKey(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (65...90).contains($0) || (48...57).contains($0) || $0 == 95 }
    }
}

extension ValueParser {
    /// The profile that a file describes.
    func kernelProfile(_ text: String, _ name: String) throws(ValueProblem) -> KernelProfile {
        let path = try path(text, ValueKind.PathRule(required: true), name)
        let content: String
        do throws(SystemCallError) {
            content = try Files.readText(path)
        } catch {
            throw ValueProblem("\(name) cannot read \(path): \(error)")
        }
        do throws(Failure) {
            return try KernelProfile(file: ConfigurationFile(path: path, text: content))
        } catch {
            throw ValueProblem("\(name) cannot use \(error.message)", hint: error.hint)
        }
    }
}
