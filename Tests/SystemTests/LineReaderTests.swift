import Glibc
import System
import Testing

/// Lines from a pipe that come in pieces, are too long, or are cut off.
@Suite struct LineReaderTests {
    private static func lines(_ pieces: [String], limit: Int = 8) throws -> [LineReader.Line] {
        let pipe = try Descriptor.pipe()
        var reader: Descriptor?
        var writer: Descriptor?
        pipe.split(&reader, &writer)
        for piece in pieces { try writer?.write(piece.utf8) }
        writer = nil
        guard let number = reader?.number else { return [] }
        return lines(number, limit: limit)
    }

    private static func lines(_ descriptor: CInt, limit: Int = 8) -> [LineReader.Line] {
        var lines = LineReader(descriptor: descriptor, limit: limit)
        var all: [LineReader.Line] = []
        repeat { all.append(lines.next()) } while all.last != .end
        return all
    }

    private static func text(_ text: String) -> LineReader.Line { .text(Array(text.utf8)) }

    @Test func piecesAreOneLine() throws {
        #expect(try Self.lines(["a", "b\n\nc", "d\n"]) == [Self.text("ab"), Self.text(""), Self.text("cd"), .end])
    }

    @Test func aLineThatIsCutOffIsNone() throws {
        #expect(try Self.lines(["whole\n", "cut"]) == [Self.text("whole"), .end])
    }

    @Test func aLineThatIsTooLongIsDroppedToItsEnd() throws {
        // More than a pipe holds.
        let long = String(repeating: "x", count: 100_000)
        let file = try Descriptor.inMemory("\(long)\nnext\n".utf8, label: "lines")
        #expect(Self.lines(file.number) == [.tooLong, Self.text("next"), .end])
        #expect(try Self.lines(["1234567\n12345678\n"]) == [Self.text("1234567"), .tooLong, .end])
    }
}
