import Testing

@testable import DiskKit

/// Times of files, which can be any number, in a file system that has less of them.
@Suite struct XFSTimeTests {
    @Test(arguments: [
        (Int.min, "0"), (-(1 << 31), "0"), (0, "2147483648000000000"), (10_413_792_000, "12561275648000000000"),
        (.max, "18446744071000000000"),
    ])
    func timesAreTheNearestThatThereAre(seconds: Int, text: String) throws {
        let changes = try XFSPrototype(nil, epoch: seconds).changes
        #expect(String(decoding: changes, as: UTF8.self).contains("write core.mtime.sec \(text)\n"))
    }
}
