import Glibc
import System
import Testing

@Suite struct ParallelMapTests {
    @Test("Results come in the order of the items, however many threads make them", arguments: [0, 1, 3, 50])
    func order(_ jobs: Int) {
        let results = parallelMap(Array(0..<20), jobs: jobs) { number in
            usleep(UInt32(20 - number) * 100)
            return number * 2
        }
        #expect(results == (0..<20).map { $0 * 2 })
        #expect(parallelMap([Int](), jobs: jobs) { $0 }.isEmpty)
    }
}
