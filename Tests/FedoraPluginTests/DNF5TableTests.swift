import DistributionKit
import Testing

@testable import FedoraPlugin

/// The table that dnf5 5.4 writes.
@Suite struct DNF5TableTests {
    private static let text = """
        Updating and loading repositories:
         tiny                                   100% | 137.2 KiB/s |   6.4 KiB |  00m00s
        Repositories loaded.
        Package     Arch   Version    Repository      Size
        Installing:
         hello      x86_64 2:1.0-1.t1 tiny        11.0   B
        Installing group/module packages:
         filesystem x86_64 0:3-1.t1   tiny        98.0   B
        Installing dependencies:
         libhello   noarch 0:1.5-1.t1 tiny         5.0   B
        Upgrading:
         acme       noarch 0:2-1      other        1.0 KiB
           replacing acme noarch 0:1-1 <unknown>   1.0 KiB
        Installing groups:
         Core

        Transaction Summary:
         Installing:         3 packages
         Upgrading:          1 package
         Replacing:          1 package

        Total size of inbound packages is 32 KiB. Need to download 32 KiB.
        Operation aborted by the user.
        """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)

    @Test func readsPackages() {
        let table = DNF5Table(Self.text)
        #expect(
            table.packages.map(\.identity.text) == [
                "hello-2:1.0-1.t1.x86_64", "filesystem-3-1.t1.x86_64", "libhello-1.5-1.t1.noarch", "acme-2-1.noarch",
            ]
        )
        #expect(table.packages.map(\.isRequested) == [true, true, false, true])
        #expect(table.packages.map(\.repository) == ["tiny", "tiny", "tiny", "other"])
        #expect(table.count == 4 && table.missing.isEmpty && table.problem.isEmpty)
    }

    @Test func readsFailures() {
        let table = DNF5Table([
            "Failed to resolve the transaction:", "No match for argument: nothere", "Problem: conflicting requests",
            "  - nothing provides x needed by broken-1-1.noarch from tiny", "You can try to add to command line:",
            "  --skip-broken to skip uninstallable packages",
        ])
        #expect(table.missing == ["nothere"])
        #expect(table.problem.count == 2 && table.count == nil)
    }
}
