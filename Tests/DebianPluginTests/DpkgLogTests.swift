import DistributionKit
import Testing

@testable import DebianPlugin

@Suite struct DpkgLogTests {
    @Test("The lines of the package that failed are shown, however much follows")
    func failure() {
        var log = DpkgLog()
        for line in ["Setting up good (1) ...", "fine", "Setting up bad (1) ...", "bad: the disk is on fire"] {
            log.append(line)
        }
        log.append("dpkg: error processing package bad (--configure):")
        log.append(" installed bad package post-installation script subprocess returned error exit status 1")
        for number in 0..<100 { log.append("Setting up other\(number) (1) ...") }
        #expect(
            log.excerpt == [
                "Setting up bad (1) ...", "bad: the disk is on fire",
                "dpkg: error processing package bad (--configure):",
                " installed bad package post-installation script subprocess returned error exit status 1",
            ]
        )
    }

    @Test("A script that says a lot shows its end, in at most 20 lines")
    func long() {
        var log = DpkgLog()
        log.append("Setting up bad (1) ...")
        for number in 0..<100 { log.append("line \(number)") }
        log.append("dpkg: error processing package bad (--configure):")
        log.append(" it failed")
        #expect(log.excerpt.count == 20)
        #expect(log.excerpt.suffix(3).first == "line 99" && log.excerpt.last == " it failed")
    }

    @Test("What a script says of its failure is shown, however much it says afterwards")
    func reason() {
        var log = DpkgLog()
        log.append("Setting up bad (1) ...")
        log.append("bad: cannot find the frobnicator")
        for number in 0..<100 { log.append("line \(number)") }
        log.append("dpkg: error processing package bad (--configure):")
        log.append(" it failed")
        #expect(log.excerpt.first == "bad: cannot find the frobnicator")
        #expect(log.excerpt.count == 20 && log.excerpt.suffix(3).first == "line 99")
        var excerpt = OutputExcerpt()
        for number in 0..<100 { excerpt.append("error \(number)") }
        #expect(excerpt.lines == (0..<6).map { "error \($0)" } + (86..<100).map { "error \($0)" })
    }

    @Test("Without a package that failed the last lines are shown")
    func tail() {
        var log = DpkgLog()
        for number in 0..<100 { log.append("line \(number)") }
        #expect(log.excerpt.count == 20 && log.excerpt.last == "line 99")
    }
}
