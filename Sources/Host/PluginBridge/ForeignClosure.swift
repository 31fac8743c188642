import CFFI

/// A plain C function, without a context argument, that runs Swift code bound to values.
///
/// It is never freed: a plugin may keep its address as long as the process lives.
struct ForeignClosure {
    private let code: UnsafeMutableRawPointer

    typealias Body = (ForeignArguments) -> ForeignValue

    /// Makes the function, or returns nil where the system allows no closures.
    ///
    /// The body must return a value of the type `result`; it runs on whatever thread the function is called.
    init?(returns result: ForeignType, takes arguments: [ForeignType], body: @escaping Body) {
        guard let shape = ForeignShape(returns: result, takes: arguments) else { return nil }
        var code: UnsafeMutableRawPointer?
        guard let memory = ffi_closure_alloc(MemoryLayout<ffi_closure>.size, &code), let code else {
            shape.free()
            return nil
        }
        let bound = Unmanaged.passRetained(BoundBody(body))
        let status = ffi_prep_closure_loc(
            memory.assumingMemoryBound(to: ffi_closure.self),
            shape.cif,
            { _, result, arguments, bound in
                guard let bound else { return }
                let body = Unmanaged<BoundBody>.fromOpaque(bound).takeUnretainedValue()
                body.run(arguments: arguments, result: result)
            },
            bound.toOpaque(),
            code
        )
        guard status == FFI_OK else {
            ffi_closure_free(memory)
            bound.release()
            shape.free()
            return nil
        }
        self.code = code
    }

    /// The function as a C function pointer; the caller answers for its type.
    func function<Function>(as type: Function.Type = Function.self) -> Function {
        unsafeBitCast(code, to: Function.self)
    }
}

/// The arguments of one call of a closure.
struct ForeignArguments {
    fileprivate let addresses: UnsafeMutablePointer<UnsafeMutableRawPointer?>?

    func int32(_ position: Int) -> Int32 {
        addresses?[position]?.load(as: Int32.self) ?? 0
    }

    func int64(_ position: Int) -> Int64 {
        addresses?[position]?.load(as: Int64.self) ?? 0
    }

    func size(_ position: Int) -> Int {
        addresses?[position]?.load(as: Int.self) ?? 0
    }

    func pointer(_ position: Int) -> UnsafeMutableRawPointer? {
        addresses?[position]?.load(as: UnsafeMutableRawPointer?.self)
    }

    func pointer<Pointee>(_ position: Int, to type: Pointee.Type) -> UnsafeMutablePointer<Pointee>? {
        pointer(position)?.assumingMemoryBound(to: type)
    }

    func string(_ position: Int) -> String? {
        pointer(position, to: CChar.self).map { String(cString: $0) }
    }
}

/// The value that libffi hands back to a closure: it carries a Swift closure through a C pointer.
private final class BoundBody {
    private let body: ForeignClosure.Body

    init(_ body: @escaping ForeignClosure.Body) {
        self.body = body
    }

    func run(
        arguments: UnsafeMutablePointer<UnsafeMutableRawPointer?>?,
        result: UnsafeMutableRawPointer?
    ) {
        let value = body(ForeignArguments(addresses: arguments))
        // A result narrower than a register has to fill the whole register.
        switch value {
        case .void: break
        case .int32(let value): result?.storeBytes(of: ffi_sarg(value), as: ffi_sarg.self)
        case .int64(let value): result?.storeBytes(of: value, as: Int64.self)
        case .pointer(let value): result?.storeBytes(of: value, as: UnsafeRawPointer?.self)
        case .size(let value): result?.storeBytes(of: value, as: Int.self)
        }
    }
}
