/// The C types of a call through libffi; a `size_t` is as wide as a pointer and is treated as one.
enum ForeignType: Equatable {
    case void
    case int32
    case int64
    case pointer
}

/// A value of one of these types.
enum ForeignValue {
    case void
    case int32(Int32)
    case int64(Int64)
    case pointer(UnsafeRawPointer?)
    case size(Int)

    var type: ForeignType {
        switch self {
        case .void: .void
        case .int32: .int32
        case .int64: .int64
        case .pointer, .size: .pointer
        }
    }
}
