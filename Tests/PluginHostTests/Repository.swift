import Support
import System
import TestSupport

/// The one of tests, not that of the conformance suite.
typealias TemporaryDirectory = TestSupport.TemporaryDirectory

/// The directories of the package, from which tests reach examples, fixtures and built products.
enum Repository {
    static let root = Paths.absolute(Paths.join(Paths.parent(#filePath) ?? "/", "../.."))
    static let examples = Paths.join(root, "Examples/plugins")
    static let fixtures = Paths.join(root, "Tests/Fixtures/plugins")

    /// The directory of the products that were built together with the tests.
    static let products = Paths.parent(Paths.resolved("/proc/self/exe") ?? "/") ?? "/"
}
