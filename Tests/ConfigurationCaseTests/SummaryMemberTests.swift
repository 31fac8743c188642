import ByteKeys
import Foundation
import JSON
import PluginWire
import Support
import System
import Testing

/// Programs read the summary with strict readers: an unknown member is as bad as a missing one.
@Suite("Members of an image in the summary")
struct SummaryMemberTests {
    /// From the name to the types, such as `null or string`.
    private static let members: [String: String] = {
        let path = Paths.absolute("../../Fixtures/settings/settings.tsv", from: #filePath)
        let lines = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? []
        // Of an image itself, not of a setting.
        var members = ["Files": "array of string", "Image": "string"]
        for line in lines where !line.hasPrefix("#") {
            let cells = line.split(separator: "\t").map(String.init)
            if cells.count == 17, cells[16] != "-" { members[cells[0]] = cells[16] }
        }
        return members
    }()

    private static let projects = [
        "=== --distribution=debian\nMain.Image == \"main\"\n",
        """
        --- mkosi.images/a.conf
        --- mkosi.conf
        [Output]
        Format=disk
        OutputSize=1G
        OutputMode=0644
        [Content]
        Bootable=yes
        RootPassword=hashed:!
        SourceDateEpoch=0
        ExtraTrees=x:/y
        [Validation]
        SecureBootKeySource=provider:pkcs11
        [Build]
        ToolsTree=default
        Environment=A=1
        [Runtime]
        Credentials=a=b
        Drives=a:1G
        RuntimeSize=1G
        MaxMem=4G
        === --root-size=3G
        Main.Image == "main"

        """,
    ]

    @Test("all of them with the right types, and no others", arguments: projects)
    func members(_ text: String) throws {
        #expect(Self.members.count >= 178)
        let file = try CaseFile(name: "members", text: "A project.\n\n" + text)
        let run = try #require(file.runs.first)
        let outcome = try CaseProject(file).run(run)
        let json = try #require(outcome.json, "\(outcome.errors)")
        let top = try #require(Self.members(of: json))
        #expect(Set(top.keys).subtracting(["PluginSettings"]) == ["Images", "Tools"])
        var images = json["Images"]?.array ?? []
        #expect(!images.isEmpty)
        if let tools = json["Tools"], tools != .null { images.append(tools) }
        for image in images {
            let members = try #require(Self.members(of: image))
            let names = Set(members.keys)
            #expect(names.symmetricDifference(Self.members.keys) == [], "\(image["Image"] ?? .null)")
            for (name, value) in members {
                let types = Self.members[name] ?? ""
                #expect(types.components(separatedBy: " or ").contains { Self.is(value, $0) }, "\(name): \(value)")
            }
        }
    }

    private static func members(of value: JSON) -> ByteDictionary<JSON>? {
        if case .object(let members) = value { members } else { nil }
    }

    /// Returns true if a value is of a type: `string`, `array of string`, `array of {Source, Target}`.
    private static func `is`(_ value: JSON, _ type: String) -> Bool {
        switch (value, type) {
        case (.null, "null"), (.bool, "boolean"), (.integer, "integer"), (.string, "string"), (.object, "object"): true
        case (.array(let elements), _) where type == "array of string":
            elements.allSatisfy { if case .string = $0 { true } else { false } }
        case (.array(let elements), "array of {boolean, string}"):
            elements.count == 2 && elements[0].string != nil && elements[1].bool != nil
        case (.array(let elements), _) where type.hasPrefix("array of {"):
            elements.allSatisfy { element in
                guard let members = Self.members(of: element) else { return false }
                let names = type.dropFirst(10).dropLast().components(separatedBy: ", ")
                return Set(names) == Set(members.keys)
            }
        default: false
        }
    }
}
