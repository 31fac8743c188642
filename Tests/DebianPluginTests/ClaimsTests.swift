import ImageKit
import Testing

@testable import DebianPlugin

struct ClaimsTests {
    private let path = BytePath(bytes: Array("usr/share/second".utf8))

    private func link(_ package: Int) -> Claims.Claim { Claims.Claim(package: package, entry: path, isLink: true) }

    private func folder(_ package: Int) -> Claims.Folder {
        Claims.Folder(package: package, user: 0, group: 0, mode: 0o755)
    }

    @Test(arguments: [(1, 2), (2, 1)])
    func aLinkAndAFolderHaveToBeUnpackedInOrder(linker: Int, owner: Int) {
        var claims = Claims()
        _ = claims.take(path, link(linker))
        _ = claims.takeFolder(path, folder(owner))
        #expect(claims.dependsOnOrder)
        claims = Claims()
        _ = claims.takeFolder(path, folder(owner))
        _ = claims.take(path, link(linker))
        #expect(claims.dependsOnOrder)
    }

    @Test func foldersOfManyPackagesDoNot() {
        var claims = Claims()
        _ = claims.takeFolder(path, folder(1))
        _ = claims.takeFolder(path, folder(2))
        #expect(!claims.dependsOnOrder)
    }
}
