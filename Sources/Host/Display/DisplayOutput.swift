import Glibc
import Support
import System

/// A destination that a display writes to.
public protocol DisplayOutput: Sendable {
    func write(_ text: String)
    /// Columns of the terminal.
    var width: Int { get }
}

/// Standard error of the program.
public struct StandardError: DisplayOutput {
    public init() {}

    public func write(_ text: String) {
        // An error that cannot be shown is lost.
        try? writeAll(STDERR_FILENO, text.utf8)
    }

    public var width: Int {
        var size = winsize()
        return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    public var isTerminal: Bool {
        isatty(2) == 1 && Environment.variable("TERM") != "dumb"
    }
}

extension Display {
    /// A display on standard error in the style that the terminal and `$NO_COLOR` (no-color.org) allow.
    ///
    /// If `isPlain`, no line is redrawn.
    public static func onStandardError(isPlain: Bool) -> Display {
        let output = StandardError()
        let isColourless = !(Environment.variable("NO_COLOR") ?? "").isEmpty
        return Display(
            style: Style(
                isTerminal: output.isTerminal && !isPlain,
                isColoured: output.isTerminal && !isColourless
            ),
            output: output
        )
    }
}
