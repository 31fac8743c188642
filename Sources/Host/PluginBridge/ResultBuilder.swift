import ByteKeys
import JSON
import PluginWire

/// Puts the result of a typed hook together, one value at a time, each at its path.
///
/// The nodes are classes, so that adding the last of many thousand elements copies none of the others.
final class ResultBuilder {
    private let root = Node(content: .object([:]))

    struct Problem: Error, Equatable {
        var message: String
    }

    func set(_ path: String, to value: JSON) throws(Problem) {
        let node = try node(at: path)
        node.content = Node(value).content
    }

    /// Makes an empty list unless there is a list.
    func makeList(_ path: String) throws(Problem) {
        let node = try node(at: path)
        if case .list = node.content { return }
        node.content = .list([])
    }

    var result: JSON { root.json }

    private func node(at path: String) throws(Problem) -> Node {
        var reader = PathReader(path)
        var node = root
        var first = true
        repeat {
            let next: Node?
            if first || reader.take(".") {
                let name = reader.name()
                guard !name.isEmpty else {
                    throw Problem(message: "expected a field name in column \(reader.column) of \"\(path)\"")
                }
                next = node.member(name)
                first = false
            } else {
                guard let step = Self.element(&reader) else {
                    throw Problem(
                        message: "expected \".\", \"[+]\", \"[-]\" or a number in brackets in column \(reader.column)"
                            + " of \"\(path)\""
                    )
                }
                next = node.element(step)
            }
            guard let next else {
                throw Problem(
                    message: "\"\(path)\" does not fit what was set before, or has no such element, in column"
                        + " \(reader.column)"
                )
            }
            node = next
        } while !reader.isAtEnd
        return node
    }

    private static func element(_ reader: inout PathReader) -> Element? {
        if reader.take("[+]") { return .new }
        if reader.take("[-]") { return .last }
        guard reader.take("["), let number = reader.number(), reader.take("]") else { return nil }
        return .number(number)
    }
}

private enum Element {
    case new
    case last
    case number(Int)
}

/// A value that can still grow.
private final class Node {
    enum Content {
        /// Nothing was put here yet: it becomes what the path needs.
        case unset
        case object(ByteDictionary<Node>)
        case list([Node])
        case value(JSON)
    }

    var content: Content

    init(content: Content) {
        self.content = content
    }

    init(_ json: JSON) {
        switch json {
        case .object(let members): content = .object(members.mapValues { Node($0) })
        case .array(let elements): content = .list(elements.map { Node($0) })
        default: content = .value(json)
        }
    }

    /// The member of this object, made if it is missing; nil if this is no object.
    func member(_ name: String) -> Node? {
        if case .unset = content { content = .object([:]) }
        guard case .object(var members) = content else { return nil }
        if let node = members[name] { return node }
        let node = Node(content: .unset)
        content = .unset  // Gives the dictionary up, so that it is changed in place.
        members[name] = node
        content = .object(members)
        return node
    }

    /// The element of this list; nil if this is no list or has no such element.
    func element(_ element: Element) -> Node? {
        if case .unset = content { content = .list([]) }
        guard case .list(var elements) = content else { return nil }
        switch element {
        case .new:
            let node = Node(content: .unset)
            content = .unset  // As above.
            elements.append(node)
            content = .list(elements)
            return node
        case .last:
            return elements.last
        case .number(let number):
            return elements.indices.contains(number) ? elements[number] : nil
        }
    }

    var json: JSON {
        switch content {
        case .unset: .null
        case .object(let members): .object(members.mapValues(\.json))
        case .list(let elements): .array(elements.map(\.json))
        case .value(let value): value
        }
    }
}
