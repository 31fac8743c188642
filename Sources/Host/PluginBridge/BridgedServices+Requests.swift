import ByteKeys
import CPluginABI
import JSON
import PluginWire

/// The services that wait for an answer of the host.
extension BridgedServices {
    func run(_ arguments: ForeignArguments) -> ForeignValue {
        let status = arguments.pointer(2, to: Int32.self)
        let output = arguments.pointer(3, to: UnsafePointer<CChar>?.self)
        let size = arguments.pointer(4, to: Int.self)
        status?.pointee = -1
        output?.pointee = nil
        size?.pointee = 0
        return serve { call throws(ErrorObject) in
            let command = strings(at: arguments.pointer(0)) ?? []
            guard !command.isEmpty else {
                throw ErrorObject(code: .invalidParameters, message: "the plugin requested a command without a name")
            }
            var run = ABI.V1.Run(command)
            if output != nil { run.capture = true }
            if let options = arguments.pointer(1) { try run.apply(options) }
            let ran = try ask(ABI.V1.Run.method, run, for: ABI.V1.Ran.self)
            status?.pointee = Int32(truncatingIfNeeded: ran.status)
            if let output {
                let text = ran.output ?? ""
                output.pointee = call.memory.copy(text)
                size?.pointee = text.utf8.count
            }
        }
    }

    func fetch(_ arguments: ForeignArguments) -> ForeignValue {
        serve { _ throws(ErrorObject) in
            guard let urls = strings(at: arguments.pointer(0)), !urls.isEmpty, let path = arguments.string(1) else {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "the plugin requested a download without a URL or a path"
                )
            }
            let fetch = ABI.V1.Fetch(urls: urls, path: path, sha256: arguments.string(2))
            _ = try ask(ABI.V1.Fetch.method, fetch, for: JSON.self)
        }
    }

    func setting(_ arguments: ForeignArguments) -> ForeignValue {
        let result = arguments.pointer(1, to: UnsafePointer<CChar>?.self)
        result?.pointee = nil
        return serve { call throws(ErrorObject) in
            guard let name = arguments.string(0) else {
                throw ErrorObject(code: .invalidParameters, message: "the plugin requested a setting without a name")
            }
            let request = ABI.V1.ReadSetting(name: name)
            let answer = try ask(ABI.V1.ReadSetting.method, request, for: ABI.V1.SettingValue.self)
            switch answer.value {
            case .null: break
            case .string(let text): result?.pointee = call.memory.copy(text)
            case let other: result?.pointee = try copyJSON(other, call.memory).text
            }
        }
    }

    func call(_ arguments: ForeignArguments) -> ForeignValue {
        let result = arguments.pointer(3, to: UnsafePointer<CChar>?.self)
        let size = arguments.pointer(4, to: Int.self)
        result?.pointee = nil
        size?.pointee = 0
        return serve { call throws(ErrorObject) in
            guard let method = arguments.string(0) else {
                throw ErrorObject(code: .invalidParameters, message: "the plugin called the host without a method")
            }
            let text = UnsafeRawBufferPointer(start: arguments.pointer(1), count: arguments.size(2))
            let params: JSON
            do throws(JSON.ParseError) {
                params = text.isEmpty ? [:] : try JSON.parse(text)
            } catch {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "the plugin called \(method) with parameters that are not JSON: \(error.reason)"
                        + " (byte \(error.offset))"
                )
            }
            let answer = try connection.request(method, params)
            if let result {
                let copy = try copyJSON(answer, call.memory)
                result.pointee = copy.text
                size?.pointee = copy.size
            }
        }
    }

    private func copyJSON(
        _ value: JSON,
        _ memory: CallMemory
    ) throws(ErrorObject) -> (text: UnsafePointer<CChar>, size: Int) {
        do {
            let data = try JSONText.encode(value)
            return (data.withUnsafeBytes { memory.copy($0) }, data.count)
        } catch {
            throw ErrorObject(code: .internalError, message: "the host's answer cannot be written as JSON")
        }
    }
}

/// Reads a list of strings whose end is a null pointer; nil if there is no list.
private func strings(at list: UnsafeRawPointer?) -> [String]? {
    guard var next = list?.assumingMemoryBound(to: UnsafePointer<CChar>?.self) else { return nil }
    var strings: [String] = []
    while let string = next.pointee {
        strings.append(String(cString: string))
        next += 1
    }
    return strings
}

private func strings(at list: UnsafePointer<UnsafePointer<CChar>?>?) -> [String]? {
    strings(at: list.map { UnsafeRawPointer($0) })
}

/// Copies a structure of another age: fields that it does not have yet are zero.
private func copy<Structure>(_ structure: UnsafeRawPointer, size: Int, over initial: Structure) -> Structure {
    var copy = initial
    withUnsafeMutableBytes(of: &copy) {
        $0.copyMemory(from: UnsafeRawBufferPointer(start: structure, count: min(size, $0.count)))
    }
    return copy
}

extension ABI.V1.Run {
    /// Takes over what a `struct mkosi_run` says.
    fileprivate mutating func apply(_ pointer: UnsafeRawPointer) throws(ErrorObject) {
        let size = Int(pointer.load(as: UInt32.self))
        guard size >= MemoryLayout<UInt32>.size else {
            throw ErrorObject(
                code: .invalidParameters,
                message: "the plugin did not set struct_size of struct mkosi_run"
            )
        }
        let options = copy(pointer, size: size, over: mkosi_run())
        if options.flags & MKOSI_RUN_NETWORK != 0 { network = "host" }
        if let assignments = strings(at: options.environment) {
            var values: ByteDictionary<String> = [:]
            for assignment in assignments {
                guard let equals = assignment.firstIndex(of: "=") else {
                    throw ErrorObject(
                        code: .invalidParameters,
                        message: "the plugin gave a command an environment variable without \"=\": \(assignment)"
                    )
                }
                values[String(assignment[..<equals])] = String(assignment[assignment.index(after: equals)...])
            }
            environment = values
        }
        workingDirectory = options.working_directory.map { String(cString: $0) }
        root = options.root.map { String(cString: $0) }
        apiMounts = options.api_mounts.map { String(cString: $0) }
        input = options.input.map { String(cString: $0) }
        label = options.label.map { String(cString: $0) }
        if let table = options.success, options.success_count > 0 {
            success = (0..<options.success_count).map { Int(table[$0]) }
        }
        if let table = options.mounts, options.mount_count > 0 {
            guard options.mount_size > 0 else {
                throw ErrorObject(
                    code: .invalidParameters,
                    message: "the plugin did not set mount_size of struct mkosi_run"
                )
            }
            mounts = (0..<options.mount_count).map { position in
                let entry = UnsafeRawPointer(table) + position * options.mount_size
                return ABI.V1.Mount(copy(entry, size: options.mount_size, over: mkosi_mount()))
            }
        }
    }
}

extension ABI.V1.Mount {
    fileprivate init(_ mount: mkosi_mount) {
        self.init(
            kind: mount.kind.map { String(cString: $0) } ?? "bind",
            source: mount.source.map { String(cString: $0) },
            target: mount.target.map { String(cString: $0) } ?? ""
        )
        if mount.flags & MKOSI_MOUNT_WRITABLE != 0 { writable = true }
        if mount.flags & MKOSI_MOUNT_OPTIONAL != 0 { optional = true }
        lower = strings(at: mount.lower)
        upper = mount.upper.map { String(cString: $0) }
        work = mount.work.map { String(cString: $0) }
    }
}
