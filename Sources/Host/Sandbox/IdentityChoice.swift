internal import CShims
internal import Glibc
internal import System

/// The ids that the caller may map, found out before a namespace exists.
struct IdentityChoice {
    /// One way to fill the maps, from the best to the one that always works.
    enum Candidate {
        case root(users: IDMap, groups: IDMap)
        case range(users: IDMap, groups: IDMap)
        case single(users: IDMap, groups: IDMap)

        var ids: Plan.IDs {
            switch self {
            case .root: .root
            case .range: .range
            case .single: .single
            }
        }

        var users: IDMap {
            switch self {
            case .root(let users, _), .range(let users, _), .single(let users, _): users
            }
        }

        var groups: IDMap {
            switch self {
            case .root(_, let groups), .range(_, let groups), .single(_, let groups): groups
            }
        }
    }

    let candidates: [Candidate]

    private static let setgid: Int32 = 6
    private static let setuid: Int32 = 7
    private static let setfcap: Int32 = 31

    /// The candidates for a plan, in the order in which they are to be tried.
    init(_ identity: Plan.Identity) throws(SandboxError) {
        let user = geteuid()
        let group = getegid()
        let inside = identity.becomesRoot || user == 0
        let single = Candidate.single(
            users: IDMap(extents: [.init(inside: inside ? 0 : user, outside: user, count: 1)]),
            groups: IDMap(extents: [.init(inside: inside ? 0 : group, outside: group, count: 1)])
        )
        var found: [Candidate] = []
        var lost: SandboxError?
        switch identity.ids {
        case .single:
            break
        case .root:
            found = try [Self.all(user: user)]
        case .range:
            found = try [Self.range(user: user, group: group)]
        case .automatic where user == 0:
            do throws(SandboxError) { found = try [Self.all(user: user)] } catch { lost = error }
        case .automatic where identity.becomesRoot:
            do throws(SandboxError) { found = try [Self.range(user: user, group: group)] } catch { lost = error }
        case .automatic:
            break
        }
        if identity.ids == .single || identity.ids == .automatic {
            found.append(single)
        }
        candidates = found
        reasonForLess = lost
    }

    /// The reason why `auto` came out at less than it could have.
    let reasonForLess: SandboxError?

    private static func all(user: UInt32) throws(SandboxError) -> Candidate {
        guard user == 0, mkosi_has_capability(setuid) == 1, mkosi_has_capability(setgid) == 1,
            mkosi_has_capability(setfcap) == 1
        else {
            throw SandboxError(
                "Only root with the capabilities setuid, setgid and setfcap can map all ids",
                hint: "use --ids range or --ids single"
            )
        }
        let users = IDMap.identity(of: try text(of: "/proc/self/uid_map"))
        let groups = IDMap.identity(of: try text(of: "/proc/self/gid_map"))
        guard min(users.count, groups.count) >= UInt64(SubordinateRange.needed) else {
            throw SandboxError("Fewer than \(SubordinateRange.needed) ids can be mapped here")
        }
        return .root(users: users, groups: groups)
    }

    private static func range(user: UInt32, group: UInt32) throws(SandboxError) -> Candidate {
        let name = userName(user)
        var maps: [IDMap] = []
        for (file, id) in [("/etc/subuid", user), ("/etc/subgid", group)] {
            let lines = (try? text(of: file)) ?? ""
            let start = SubordinateRange.freeStart(in: lines)
            let free = "\(start)-\(start &+ SubordinateRange.needed - 1)"
            let option = file.hasSuffix("uid") ? "--add-subuids" : "--add-subgids"
            // Both files name users, and none names groups.
            guard let range = SubordinateRange.first(in: lines, name: name, id: user) else {
                throw SandboxError(
                    "\(file) has no range of \(SubordinateRange.needed) ids for \(name ?? String(user))",
                    hint: "run as root: usermod \(option) \(free) \(name ?? String(user))"
                )
            }
            maps.append(range.map(user: id))
        }
        return .range(users: maps[0], groups: maps[1])
    }

    /// The user's name; from the environment where users come from elsewhere than /etc/passwd.
    ///
    /// No right comes from it: newuidmap(1) looks for itself who its caller is.
    private static func userName(_ user: UInt32) -> String? {
        let lines = ((try? text(of: "/etc/passwd")) ?? "").split(whereSeparator: \.isNewline)
        for line in lines {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, UInt32(fields[2]) == user { return String(fields[0]) }
        }
        return getenv("USER").map { String(cString: $0) }
    }

    private static func text(of path: String) throws(SandboxError) -> String {
        let result = mkosi_open(AT_FDCWD, path, 0, 0)
        let file = Descriptor(owning: try SystemCall.check(result, "openat", path, while: "Cannot read the id map"))
        return String(decoding: try file.contents(name: path), as: UTF8.self)
    }
}
