import Configuration
import Display
import Glibc
import Runtime
import Support
import System

/// `mkosi vm --until … --expect …`: what the console has to show, and the report of it.
final class BootTest {
    private var watch: ConsoleWatch
    private var console: [UInt8] = []
    private let image: String
    private let goal: ConsoleWatch.Goal?
    private let start = ContinuousClock.now

    /// The console of a machine that never ends is not kept as a whole.
    private static let limit = 64 << 20

    /// Nil if the command line asks for no test.
    init?(_ context: CommandContext, _ image: ImageConfiguration) throws(Failure) {
        let invocation = context.invocation
        let options = [MachineVerb.until, MachineVerb.expect, MachineVerb.report, MachineVerb.consoleLog]
        guard options.contains(where: { invocation[$0] != nil }) else { return nil }
        goal = invocation[MachineVerb.until].map(ConsoleWatch.Goal.init)
        var expected: [String] = []
        if let file = invocation[MachineVerb.expect] {
            let path = Paths.absolute(file, from: context.host.currentDirectory)
            do throws(SystemCallError) {
                expected = try Files.readText(path).split(whereSeparator: \.isNewline).map(String.init)
            } catch {
                throw Failure(.missing, "Cannot read the expected lines in \(path)", cause: error)
            }
        }
        guard goal != nil || !expected.isEmpty || invocation[MachineVerb.report] == nil else {
            throw Failure(.usage, "--report has nothing to report", hint: "Use it with --until or --expect")
        }
        guard ["native", "interactive", "read-only"].contains(image[.console]) else {
            throw Failure(
                .configuration,
                "A boot test reads the console, and Console=\(image[.console]) shows none",
                hint: "Set by \(image.origin(of: .console)); use Console=read-only"
            )
        }
        watch = ConsoleWatch(goal: goal, expected: expected)
        self.image = image[.output]
    }

    /// The words with which systemd writes names of units, as of version 249.
    var kernelWords: [String] {
        guard case .unit = goal else { return [] }
        return ["systemd.show_status=yes", "systemd.status_unit_format=combined"]
    }

    /// Sees what the console shows, and ends the machine when nothing is waited for any more.
    var watching: ([UInt8]) -> Bool {
        { [self] bytes in
            watch.read(bytes)
            console += bytes.prefix(max(0, Self.limit - console.count))
            return hasGoals && watch.isDecided
        }
    }

    private var hasGoals: Bool { !watch.checks.isEmpty }

    /// Writes the files that were requested, and reports what was not seen.
    ///
    /// - Returns: 0 if everything was seen, 124 if the time was over, otherwise 1; or the status of the machine itself.
    func finish(_ ending: VirtualMachine.Ending, _ context: CommandContext) throws(Failure) -> CInt {
        let elapsed = start.duration(to: .now).components
        let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18
        let report = BootReport(image: image, checks: watch.checks, seconds: seconds, console: console)
        if let file = context.invocation[MachineVerb.report] {
            try write(Array((file.hasSuffix(".xml") ? report.junit : report.tap).utf8), file, context)
        }
        if let file = context.invocation[MachineVerb.consoleLog] { try write(console, file, context) }
        for check in watch.checks {
            guard let failure = check.failure else { continue }
            context.display.report(Failure(.command, "The boot test \"\(check.name)\" failed: \(failure)"))
        }
        if ending == .timedOut { return MachineVerb.timedOut(context) }
        if hasGoals { return watch.isSatisfied ? 0 : 1 }
        if case .status(let status) = ending { return status }
        return 0
    }

    private func write(_ bytes: [UInt8], _ file: String, _ context: CommandContext) throws(Failure) {
        let path = Paths.absolute(file, from: context.host.currentDirectory)
        do throws(SystemCallError) {
            try Files.write(bytes, to: path)
        } catch {
            throw Failure(.system, "Cannot write \(path)", cause: error)
        }
    }
}
