public import Configuration
import Support

extension HostFacts {
    /// The caller's variables for programs that run an image, as `NAME=value`.
    ///
    /// Paths of another user, as after `sudo -E`, are left out.
    public var ownVariables: [String] {
        environment.filter { FileOwner.isOwn(variable: $0.key, $0.value) }.map { "\($0.key)=\($0.value)" }.sorted()
    }
}
