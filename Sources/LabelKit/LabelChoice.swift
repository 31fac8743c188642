/// `SELinuxRelabel=`, as a format plugin gets it.
public enum LabelChoice: String, Codable, Sendable {
    case disabled
    /// Without a policy, or if anything goes wrong, there is no output.
    case enabled
    /// Files are labelled if the tree has a policy and the library is installed.
    case auto

    /// Everything but a known word asks for nothing.
    public init(_ word: String?) {
        self = word.flatMap(LabelChoice.init) ?? .disabled
    }
}
