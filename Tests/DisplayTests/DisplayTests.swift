import Display
import Support
import Synchronization
import System
import Testing

@Suite struct DisplayTests {
    private final class Screen: DisplayOutput {
        private let written = Mutex("")
        func write(_ text: String) { written.withLock { $0 += text } }
        var text: String { written.withLock { $0 } }
        let width: Int
        init(width: Int = 80) { self.width = width }
    }

    private func display(isTerminal: Bool, _ screen: Screen) -> EventReporter {
        EventReporter([Display(style: .init(isTerminal: isTerminal, isColoured: false), output: screen)])
    }

    @Test("Every line of one of several images begins with its name")
    func labels() {
        let screen = Screen()
        let display = display(isTerminal: false, screen)
        let one = display.labelled("one")
        let step = one.begin("Working", "work")
        one.scriptOutput("said")
        one.log(.warning, "odd\n  hint: look")
        display.log(.info, "whole")
        step.finish("fine")
        let lines = screen.text.split(separator: "\n")
        #expect(
            lines.dropLast() == [
                "‣ one: Working", "  one: said", "‣ warning: one: odd", "one:   hint: look", "‣ whole",
            ]
        )
        #expect(lines.last?.hasPrefix("✓ one: Working: fine (") == true)
    }

    @Test("On a terminal all running steps are drawn below each other, and erased together")
    func terminal() {
        let screen = Screen()
        let display = display(isTerminal: true, screen)
        let first = display.labelled("one").begin("Working", "work")
        let second = display.labelled("two").begin("Working", "work")
        let (off, on) = ("\u{1b}[?7l", "\u{1b}[?7h")
        #expect(
            screen.text.hasSuffix("\r\u{1b}[J\(off)• one: Working  0.0 s\n• two: Working  0.0 s\(on)\r\u{1b}[1A")
        )
        first.finish()
        #expect(screen.text.hasSuffix("\r\u{1b}[J✓ one: Working (0.0 s)\n\(off)• two: Working  0.0 s\(on)\r"))
        second.finish()
        #expect(screen.text.hasSuffix("\r\u{1b}[J✓ two: Working (0.0 s)\n"))
    }

    @Test("While a command has the terminal nothing is written, and afterwards what was held back")
    func suspended() {
        let screen = Screen()
        let display = display(isTerminal: true, screen)
        let step = display.begin("Working", "work")
        let before = screen.text.utf8.count
        let other = display.suspended {
            #expect(String(screen.text.utf8.dropFirst(before)) == "\r\u{1b}[J")
            let erased = screen.text
            display.scriptOutput("said")
            let other = display.begin("Other", "other")
            step.finish()
            #expect(screen.text == erased)
            return other
        }
        #expect(screen.text.contains("  said\n✓ Working (0.0 s)\n"))
        #expect(screen.text.contains("• Other"))
        other.finish()
    }

    @Test("More running steps than a terminal has lines are not drawn over what is above")
    func many() {
        let screen = Screen()
        let display = display(isTerminal: true, screen)
        let steps = (0..<40).map { display.begin("Step \($0)", "step") }
        #expect(screen.text.contains("[15A"))
        #expect(!screen.text.contains("[16A"))
        for step in steps { step.finish() }
    }

    @Test("A running step fits the terminal, however narrow it is", arguments: [1, 10, 20, 40, 80])
    func narrow(width: Int) {
        let screen = Screen(width: width)
        let display = display(isTerminal: true, screen)
        let step = display.begin("Installing packages of the image", "install")
        for (done, total) in [(1, nil), (123_456_789, 987_654_321)] as [(Int, Int?)] {
            step.progress(done: done, total: total, unit: "bytes")
            step.detail("unpack something with a long name")
            display.refresh()
        }
        step.finish("done")
        let drawn = screen.text.split(separator: "\u{1b}[?7l").dropFirst().map { $0.prefix { $0 != "\u{1b}" } }
        #expect(!drawn.isEmpty)
        for line in drawn { #expect(line.count < max(2, width), "\(line)") }
    }
}
