import ByteKeys
import JSON
import PluginWire

/// An event of a build, as `mkosi --progress-fd=` writes it; mkosi-events(7) describes the members.
public struct Event: Sendable {
    private var json: JSON

    private init(_ json: JSON) { self.json = json }

    /// Reads one object a line; a line that is none is an error.
    public static func all(in bytes: [UInt8]) throws -> [Event] {
        try bytes.split(separator: UInt8(ascii: "\n")).map { Event(try JSON.parse($0)) }
    }

    public var kind: String { self["kind"] ?? "" }
    public var image: String? { self["image"] }
    public var task: Int? { json["task"]?.integer }
    /// The name of a step or task.
    public var name: String? { self["step"] ?? self["name"] }

    public var result: String? { self["result"] }
    public var reason: String? { self["reason"] }
    /// Of an output: whether this build has made it.
    public var isNew: Bool? { json["new"]?.bool }

    /// A member that is a text.
    public subscript(member: String) -> String? { json[member]?.string }

    public func number(_ member: String) -> Int? { json[member]?.integer }

    /// A member that is a list of objects.
    public func list(_ member: String) -> [Event] { (json[member]?.array ?? []).map { Event($0) } }

    /// A member that is a list of texts.
    public func words(_ member: String) -> [String] { (json[member]?.array ?? []).compactMap(\.string) }

    public var members: Set<String> { Set((json.object ?? [:]).keys) }
}

extension RunResult {
    /// The events of a run that collects them; none if a line is not JSON.
    public var events: [Event] { (try? Event.all(in: eventBytes)) ?? [] }

    /// The tasks of this name that were finished, such as `install`; with `image` those of one image.
    public func tasks(_ name: String, of image: String? = nil) -> [Event] {
        let started = events.filter { event in
            event.kind == "task-started" && event.name == name && (image == nil || event.image == image)
        }
        let ids = Set(started.compactMap(\.task))
        return events.filter { $0.kind == "task-finished" && $0.task.map(ids.contains) == true }
    }

    /// The names of steps that ended this way, such as `cached`.
    public func steps(_ result: String) -> Set<String> {
        Set(events.filter { $0.kind == "step-finished" && $0["result"] == result }.compactMap(\.name))
    }

    /// True if the output was made by an earlier build and left in place.
    public var keepsOutput: Bool { events.contains { $0.kind == "output" && $0.isNew == false } }
}
