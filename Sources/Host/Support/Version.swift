/// The numbers by which this program is known.
public enum Version {
    /// Generation of the configuration language, for `MinimumVersion=` and for what older files expect.
    public static let configuration = "27"
    /// The version of this program; CHANGELOG.md describes it.
    public static let product = "0.1.0"
}
