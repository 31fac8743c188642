internal import Glibc

/// The compression of an output file; the raw values are those of the plugin contract.
public enum Compression: String, Sendable, CaseIterable {
    case none
    case zstd
    case xz
    case gz
    case bz2
    case lz4
    case lzma

    /// The suffix that the name of a compressed file gets, with its dot.
    public var suffix: String {
        switch self {
        case .none: ""
        case .zstd: ".zst"
        case .xz, .gz, .bz2, .lz4, .lzma: ".\(rawValue)"
        }
    }

    /// The levels that the compressor knows.
    public var levels: ClosedRange<Int> {
        switch self {
        case .none: 0...0
        case .zstd: 1...22
        case .xz, .gz, .lzma: 0...9
        case .bz2, .lz4: 1...9
        }
    }

    /// Threads that give the same bytes on every machine and no more memory than it can spare; nil: there are none.
    ///
    /// libzstd cuts the input into jobs whose size depends on the level alone, as soon as there is a worker at all.
    /// liblzma does as soon as there are two threads; one alone would make a single block. Each thread of it has an
    /// encoder, a block of input and one of output.
    func threads(jobs: Int, level: Int?) -> Int? {
        switch self {
        case .zstd:
            return max(jobs, 1)
        case .xz:
            let encoders = [3, 9, 17, 32, 48, 94, 94, 186, 370, 674]
            let dictionaries = [1, 1, 2, 4, 4, 8, 8, 16, 32, 64]
            let level = min(max(level ?? 6, 0), 9)
            let each = (encoders[level] + 6 * dictionaries[level]) << 20
            let memory = max(sysconf(Int32(_SC_PHYS_PAGES)), 0) * max(sysconf(Int32(_SC_PAGESIZE)), 0)
            let budget = max(320 << 20, memory / 8)
            return max(2, min(jobs, budget / each))
        case .none, .gz, .bz2, .lz4, .lzma:
            return nil
        }
    }
}
