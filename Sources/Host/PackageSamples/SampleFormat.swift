/// Formats in which packages can be made; the raw values are those of the plugin contract (`packageFormat`).
public enum SampleFormat: String, Sendable, CaseIterable {
    case rpm
}
