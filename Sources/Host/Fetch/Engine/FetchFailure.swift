internal import Glibc

/// The reason why an item, or one attempt at it, failed.
struct FetchFailure: Error, Sendable, Equatable {
    /// The measure that may help.
    enum Remedy: Sendable {
        /// The same again, later.
        case retry
        /// Another URL.
        case otherURL
        /// Nothing that a download could do: the disk is full, the directory cannot be written.
        case none
    }

    /// One sentence without a final full stop.
    var message: String
    var hint: String?
    var remedy: Remedy
    /// True if what came was not what was promised, which weighs more than a server that lacks it.
    var isMismatch = false

    init(_ message: String, hint: String? = nil, remedy: Remedy, isMismatch: Bool = false) {
        self.message = message
        self.hint = hint
        self.remedy = remedy
        self.isMismatch = isMismatch
    }

    /// A system call on a local file failed.
    init(cannot action: String, _ path: String, number: Int32 = errno) {
        message = "cannot \(action) \(path): \(String(cString: strerror(number)))"
        remedy = .none
        switch number {
        case ENOSPC, EDQUOT:
            hint = "Free some space there, or choose another cache directory; the partial download is kept"
        case EACCES, EROFS, EPERM: hint = "Choose a writable cache directory"
        default: hint = nil
        }
    }

    /// The content is not what the signed index promised.
    static func digest(_ file: String, from url: String, is actual: String, expected: String) -> FetchFailure {
        FetchFailure(
            "\(file) from \(url) has the SHA-256 digest \(actual) instead of \(expected)",
            hint: "The mirror may be in the middle of an update, or the file was tampered with; try another mirror",
            remedy: .otherURL,
            isMismatch: true
        )
    }

    /// The content has another length than the signed index promised.
    static func size(_ file: String, from url: String, is actual: String, expected: Int) -> FetchFailure {
        FetchFailure(
            "\(file) from \(url) has \(actual) bytes instead of \(expected)",
            hint: "The mirror may be in the middle of an update; try another mirror",
            remedy: .otherURL,
            isMismatch: true
        )
    }

    /// The content has more bytes than anything whose size nothing states.
    static func tooLarge(_ file: String, from url: String, most: Int) -> FetchFailure {
        FetchFailure("\(file) from \(url) has more than \(most) bytes, and nothing states its size", remedy: .otherURL)
    }
}
