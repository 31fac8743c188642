import Support
import TestSupport
import Testing

@testable import Builder

@Suite struct SpaceNeedsTests {
    private func failure(_ needs: SpaceNeeds, _ rooms: [String: (device: UInt64, free: Int)]) -> String? {
        do throws(Failure) {
            try needs.check { directory in rooms[directory].map { SpaceNeeds.Room(device: $0.device, free: $0.free) } }
            return nil
        } catch {
            return error.description
        }
    }

    @Test("What directories on one file system need is taken together")
    func together() {
        var needs = SpaceNeeds()
        needs.add(600, in: "/a", setting: "One")
        needs.add(500, in: "/b", setting: "Two")
        needs.add(1 << 40, in: "/unknown", setting: "Three")
        needs.add(0, in: "/full", setting: "Four")
        let apart: [String: (device: UInt64, free: Int)] = ["/a": (1, 600), "/b": (2, 500), "/full": (3, 0)]
        #expect(failure(needs, apart) == nil)
        #expect(failure(needs, ["/a": (1, 1100), "/b": (1, 1100)]) == nil)
        #expect(
            failure(needs, ["/a": (1, 1099), "/b": (1, 1099)])
                == "Not enough disk space in /a: its file system has 1.1 KiB (1099 bytes) free, "
                + "and this build needs about 1.1 KiB (1100 bytes) there; One= or Two= can select another directory"
        )
        #expect(failure(needs, ["/a": (1, 600), "/b": (2, 499)])?.contains("in /b: its file system has 499 B") == true)
    }

    @Test("A directory that is to be made has the room of the one above")
    func missingDirectory() throws {
        let directory = try TemporaryDirectory()
        let room = try #require(SpaceNeeds.room(of: directory.path))
        let below = try #require(SpaceNeeds.room(of: directory("not/there/yet")))
        #expect(room.device == below.device)
        #expect(room.free > 0)
        #expect(SpaceNeeds.room(of: "/proc/self") == nil)
    }
}
