/// A header structure of RPM, version 4: an index of tags, and the store of their values.
struct RPMHeader {
    enum Value {
        case integers([UInt32])
        case shorts([UInt16])
        case text(String)
        case bytes([UInt8])
        case texts([String])
        /// Text that could be translated.
        case translated(String)
    }

    private var values: [UInt32: Value] = [:]

    subscript(tag: UInt32) -> Value? {
        get { values[tag] }
        set { values[tag] = newValue }
    }

    /// The structure with its magic number; `region` is the tag that all others are part of.
    func encoded(region: UInt32) -> [UInt8] {
        var index = ByteOutput()
        var store = ByteOutput()
        for (tag, value) in values.sorted(by: { $0.key < $1.key }) {
            let (type, count) = Self.append(value, to: &store)
            index.append(tag)
            index.append(type)
            index.append(UInt32(store.bytes.count - Self.size(of: value)))
            index.append(UInt32(count))
        }
        let entries = values.count + 1
        var output = ByteOutput(bytes: [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0])
        output.append(UInt32(entries))
        output.append(UInt32(store.bytes.count + 16))
        // The region's value is at the end of the store: an entry that says where the index begins, seen from there.
        output.append(region)
        output.append(UInt32(7))
        output.append(UInt32(store.bytes.count))
        output.append(UInt32(16))
        output.append(index.bytes)
        output.append(store.bytes)
        output.append(region)
        output.append(UInt32(7))
        output.append(Int32(-16 * entries))
        output.append(UInt32(16))
        return output.bytes
    }

    private static func append(_ value: Value, to store: inout ByteOutput) -> (type: UInt32, count: Int) {
        switch value {
        case .integers(let numbers):
            store.pad(to: 4)
            for number in numbers { store.append(number) }
            return (4, numbers.count)
        case .shorts(let numbers):
            store.pad(to: 2)
            for number in numbers { store.append(number) }
            return (3, numbers.count)
        case .text(let text):
            store.append(terminated: text)
            return (6, 1)
        case .bytes(let bytes):
            store.append(bytes)
            return (7, bytes.count)
        case .texts(let texts):
            for text in texts { store.append(terminated: text) }
            return (8, texts.count)
        case .translated(let text):
            store.append(terminated: text)
            return (9, 1)
        }
    }

    private static func size(of value: Value) -> Int {
        switch value {
        case .integers(let numbers): numbers.count * 4
        case .shorts(let numbers): numbers.count * 2
        case .text(let text), .translated(let text): text.utf8.count + 1
        case .bytes(let bytes): bytes.count
        case .texts(let texts): texts.reduce(0) { $0 + $1.utf8.count + 1 }
        }
    }
}
