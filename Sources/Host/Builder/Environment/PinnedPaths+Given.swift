import Configuration
import SigningWire
import Support
import System

/// The paths for programs outside of the sandbox: they open them by themselves, after scripts could have changed them.
extension PinnedPaths {
    /// The value of a setting with the paths of the host that it names where they led.
    func given(_ value: Value) throws(Failure) -> Value {
        switch value {
        case .text(let path): return .text(try given(path))
        case .list(let paths):
            var places: [String] = []
            for path in paths { places.append(try given(path)) }
            return .list(places)
        case .trees(let trees):
            var result: [Tree] = []
            for tree in trees { result.append(Tree(source: try given(tree.source), target: tree.target)) }
            return .trees(result)
        default: return value
        }
    }

    /// A request to `mkosi-sign` with the files of keys and certificates where they led.
    ///
    /// - Parameters:
    ///   - request: What is to be signed, or whose certificate is read.
    ///   - directory: What relative paths start from.
    /// - Returns: The request to send.
    /// - Throws: a failure if a script has put a link in the place of one of them.
    func given(_ request: SigningRequest, from directory: String) throws(Failure) -> SigningRequest {
        var request = request
        if let key = request.key { request.key = try given(key, from: directory) }
        request.certificate = try given(request.certificate, from: directory)
        return request
    }

    private func given(_ reference: KeyReference, from directory: String) throws(Failure) -> KeyReference {
        guard isNeeded, reference.source == .file else { return reference }
        var reference = reference
        reference.location = try given(Paths.join(directory, reference.location))
        reference.isWithoutLinks = true
        return reference
    }
}
