import DistributionKit
import Glibc
import PluginKit
import PluginWire

/// dnf5, through its program.
struct DNF5: Solver {
    var command: RPMCommand

    func choose(_ plan: ResolvePlan, root: String) throws -> Choice {
        throw ErrorObject(code: .unsupported, message: "dnf5 is not supported yet", hint: "Use tools with dnf 4")
    }
}
