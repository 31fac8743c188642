import CFFI

/// The shape of a C function for libffi: its result and its arguments.
///
/// Its memory is never freed by itself: a closure needs it as long as the process lives.
struct ForeignShape {
    let cif: UnsafeMutablePointer<ffi_cif>
    private let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>

    init?(returns result: ForeignType, takes arguments: [ForeignType]) {
        cif = .allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        types = .allocate(capacity: arguments.count + 1)
        types.initialize(repeating: nil, count: arguments.count + 1)
        for (position, type) in arguments.enumerated() {
            types[position] = Self.describe(type)
        }
        guard mkosi_ffi_prepare(cif, UInt32(arguments.count), Self.describe(result), types) == FFI_OK else {
            free()
            return nil
        }
    }

    func free() {
        cif.deallocate()
        types.deallocate()
    }

    private static func describe(_ type: ForeignType) -> UnsafeMutablePointer<ffi_type>? {
        switch type {
        case .void: mkosi_ffi_void()
        case .int32: mkosi_ffi_sint32()
        case .int64: mkosi_ffi_sint64()
        case .pointer: mkosi_ffi_pointer()
        }
    }
}

/// Calls C functions whose type is known only when the program runs.
enum ForeignCall {
    typealias Function = @convention(c) () -> Void

    /// Calls a function that returns an `int32_t`, or returns nil if libffi cannot make such a call.
    static func call(_ function: Function, _ arguments: [ForeignValue]) -> Int32? {
        guard let shape = ForeignShape(returns: .int32, takes: arguments.map(\.type)) else { return nil }
        defer { shape.free() }

        // Every argument has a slot of 8 bytes, and libffi is given the addresses of the slots.
        let slots = UnsafeMutableRawPointer.allocate(byteCount: 8 * (arguments.count + 1), alignment: 8)
        defer { slots.deallocate() }
        let addresses = UnsafeMutablePointer<UnsafeMutableRawPointer?>.allocate(capacity: arguments.count + 1)
        addresses.initialize(repeating: nil, count: arguments.count + 1)
        defer { addresses.deallocate() }
        for (position, argument) in arguments.enumerated() {
            let slot = slots + 8 * position
            store(argument, at: slot)
            addresses[position] = slot
        }

        // libffi widens a small result to a whole register.
        var result: ffi_arg = 0
        mkosi_ffi_call(shape.cif, function, &result, addresses)
        return Int32(truncatingIfNeeded: result)
    }

    private static func store(_ value: ForeignValue, at slot: UnsafeMutableRawPointer) {
        switch value {
        case .void: break
        case .int32(let value): slot.storeBytes(of: value, as: Int32.self)
        case .int64(let value): slot.storeBytes(of: value, as: Int64.self)
        case .pointer(let value): slot.storeBytes(of: value, as: UnsafeRawPointer?.self)
        case .size(let value): slot.storeBytes(of: value, as: Int.self)
        }
    }
}
