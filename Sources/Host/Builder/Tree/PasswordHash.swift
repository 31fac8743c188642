import CCrypt
import Glibc
import Support

/// The hash of a password as crypt(5) writes it.
enum PasswordHash {
    /// Hashes with the library's preferred method.
    ///
    /// The salt is fresh, or comes from 16 bytes or more that make the image the same each time it is built.
    static func make(_ password: String, salt: [CChar]? = nil) throws(Failure) -> String {
        var setting = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn(nil, 0, salt, CInt(salt?.count ?? 0), &setting, CInt(setting.count)) != nil else {
            throw Failure(.system, "Cannot generate a salt for the root password: \(String(cString: strerror(errno)))")
        }
        var data: UnsafeMutableRawPointer?
        var size: CInt = 0
        defer { free(data) }
        guard let hash = crypt_ra(password, setting, &data, &size) else {
            throw Failure(.system, "Cannot hash the root password: \(String(cString: strerror(errno)))")
        }
        return String(cString: hash)
    }
}
