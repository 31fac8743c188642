import Display
import Support
import Synchronization
import Testing

@Suite struct DisplayTests {
    private final class Screen: DisplayOutput {
        private let written = Mutex("")
        func write(_ text: String) { written.withLock { $0 += text } }
        var text: String { written.withLock { $0 } }
        let width = 80
    }

    private func display(isTerminal: Bool, _ screen: Screen) -> Display {
        Display(style: .init(isTerminal: isTerminal, isColoured: false, isDebug: false), output: screen)
    }

    @Test("Every line of one of several images begins with its name")
    func labels() {
        let screen = Screen()
        let display = display(isTerminal: false, screen)
        let one = display.labelled("one")
        let step = one.begin("Working")
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
        let first = display.labelled("one").begin("Working")
        let second = display.labelled("two").begin("Working")
        #expect(screen.text.hasSuffix("\u{1b}[1A\u{1b}[J• one: Working  0.0 s\n• two: Working  0.0 s\n"))
        first.finish()
        #expect(screen.text.contains("\u{1b}[2A\u{1b}[J✓ one: Working (0.0 s)\n• two: Working"))
        second.finish()
    }

    @Test("More running steps than a terminal has lines are not drawn over what is above")
    func many() {
        let screen = Screen()
        let display = display(isTerminal: true, screen)
        let steps = (0..<40).map { display.begin("Step \($0)") }
        #expect(screen.text.contains("[16A"))
        #expect(!screen.text.contains("[17A"))
        for step in steps { step.finish() }
    }
}
