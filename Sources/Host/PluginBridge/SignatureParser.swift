/// Reads a signature string from left to right, and says in which column it is wrong.
struct SignatureParser {
    private var reader: PathReader
    private var arguments = 0

    init(_ text: String) {
        reader = PathReader(text)
    }

    mutating func signature() throws(Signature.Problem) -> Signature {
        reader.skipSpaces()
        if reader.take("json") {
            reader.skipSpaces()
            guard reader.isAtEnd else { throw problem("nothing may follow \"json\"") }
            return .json
        }
        var parameters: [Signature.Parameter] = []
        if !reader.take("->") {
            repeat {
                reader.skipSpaces()
                parameters.append(try parameter())
                reader.skipSpaces()
            } while reader.take(",")
            guard reader.take("->") else { throw problem("expected \",\" or \"->\"") }
        }
        reader.skipSpaces()
        guard reader.take("status") else { throw problem("expected \"status\"") }
        reader.skipSpaces()
        guard reader.isAtEnd else { throw problem("nothing may follow \"status\"") }
        return .typed(parameters)
    }

    private mutating func parameter() throws(Signature.Problem) -> Signature.Parameter {
        let start = reader
        guard let letter = reader.character(), let kind = Signature.Kind(rawValue: letter) else {
            reader = start
            throw problem("expected one of the types h, i, b, s, S and d")
        }
        arguments += kind == .data ? 2 : 1
        guard arguments <= Signature.maximumArguments else {
            reader = start
            throw problem("a hook has at most \(Signature.maximumArguments) arguments")
        }
        if kind == .services {
            return Signature.Parameter(kind: kind, optional: false, path: [], text: "")
        }
        reader.skipSpaces()
        let optional = reader.take("?")
        reader.skipSpaces()
        guard reader.take(":") else { throw problem("expected \":\" and a path") }
        reader.skipSpaces()
        let begin = reader.position
        let path = try path(of: kind)
        return Signature.Parameter(kind: kind, optional: optional, path: path, text: reader.text(from: begin))
    }

    private mutating func path(of kind: Signature.Kind) throws(Signature.Problem) -> [Signature.Step] {
        if reader.take(".") { return [] }
        var steps = [Signature.Step.member(try name())]
        while true {
            if reader.take(".") {
                steps.append(.member(try name()))
            } else if reader.startsWith("[]") {
                guard kind == .strings else { throw problem("\"[]\" is only for the type S") }
                guard !steps.contains(.all) else { throw problem("a path has at most one \"[]\"") }
                _ = reader.take("[]")
                steps.append(.all)
            } else if reader.take("[") {
                guard let index = reader.number() else { throw problem("expected the number of an element, or \"]\"") }
                guard reader.take("]") else { throw problem("expected \"]\"") }
                steps.append(.element(index))
            } else {
                return steps
            }
        }
    }

    private mutating func name() throws(Signature.Problem) -> String {
        let name = reader.name()
        guard !name.isEmpty else { throw problem("expected the name of a field") }
        return name
    }

    private func problem(_ message: String) -> Signature.Problem {
        Signature.Problem(column: reader.column, message: message)
    }
}
