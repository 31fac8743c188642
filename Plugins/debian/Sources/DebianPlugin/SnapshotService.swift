/// The services that keep every state of an archive, under the time of the state.
enum SnapshotService {
    static let debian = "https://snapshot.debian.org"
    static let ubuntu = "https://snapshot.ubuntu.com"
}
