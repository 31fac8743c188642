/// The result of a boot test, for continuous integration.
public struct BootReport: Sendable {
    /// The name of the image.
    public var image: String
    public var checks: [ConsoleWatch.Check]
    public var seconds: Double
    /// The bytes that the console has shown.
    public var console: [UInt8]

    public init(image: String, checks: [ConsoleWatch.Check], seconds: Double, console: [UInt8]) {
        self.image = image
        self.checks = checks
        self.seconds = seconds
        self.console = console
    }

    /// Version 13 of the Test Anything Protocol.
    public var tap: String {
        var lines = ["TAP version 13", "1..\(checks.count)"]
        for (index, check) in checks.enumerated() {
            // A number sign would begin a directive.
            let name = Self.printable(check.name).map { $0 == "#" ? "\\#" : String($0) }.joined()
            lines.append("\(check.failure == nil ? "ok" : "not ok") \(index + 1) - \(name)")
            if let failure = check.failure { lines.append("# \(Self.printable(failure))") }
        }
        return lines.map { "\($0)\n" }.joined()
    }

    /// A test suite in the format of JUnit.
    public var junit: String {
        let failed = checks.filter { $0.failure != nil }.count
        let name = Self.escaped(image)
        let all = Int((seconds * 1000).rounded())
        let time = "\(all / 1000).\(String(1000 + all % 1000).dropFirst())"
        var lines = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
            "<testsuite name=\"mkosi vm\" tests=\"\(checks.count)\" failures=\"\(failed)\" errors=\"0\" time=\"\(time)\">",
        ]
        for check in checks {
            let start = "  <testcase classname=\"\(name)\" name=\"\(Self.escaped(check.name))\""
            if let failure = check.failure {
                lines.append("\(start)><failure message=\"\(Self.escaped(failure))\"/></testcase>")
            } else {
                lines.append("\(start)/>")
            }
        }
        lines.append("  <system-out>\(Self.escaped(String(decoding: console, as: UTF8.self)))</system-out>")
        lines.append("</testsuite>")
        return lines.map { "\($0)\n" }.joined()
    }

    /// Without the control characters that XML 1.0 and terminals do not take.
    private static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.value >= 0x20 && !(0x7f...0x9f).contains(scalar.value) && scalar.value < 0xfffe
            if isPlain || scalar == "\n" || scalar == "\t" { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in printable(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
