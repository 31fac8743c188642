import DistributionKit
import System
import Testing

struct ClaimsTests {
    private let path = BytePath(bytes: Array("usr/share/second".utf8))

    private func link(_ package: Int) -> Claims.Claim { Claims.Claim(package: package, entry: path, isLink: true) }

    private func directory(_ package: Int) -> Claims.Directory {
        Claims.Directory(package: package, user: 0, group: 0, mode: 0o755)
    }

    @Test(arguments: [(1, 2), (2, 1)])
    func aLinkAndADirectoryHaveToBeUnpackedInOrder(linker: Int, owner: Int) {
        var claims = Claims()
        _ = claims.take(path, link(linker))
        _ = claims.takeDirectory(path, directory(owner))
        #expect(claims.dependsOnOrder)
        claims = Claims()
        _ = claims.takeDirectory(path, directory(owner))
        _ = claims.take(path, link(linker))
        #expect(claims.dependsOnOrder)
    }

    @Test(arguments: [(1, 2), (2, 1)])
    func linksAtOnePathHaveToBeUnpackedInOrder(first: Int, second: Int) {
        var claims = Claims()
        _ = claims.take(path, link(first))
        _ = claims.take(path, link(second))
        #expect(claims.dependsOnOrder)
    }

    @Test func filesOfTwoPackagesDoNot() {
        var claims = Claims()
        _ = claims.take(path, Claims.Claim(package: 1, entry: path))
        _ = claims.take(path, Claims.Claim(package: 2, entry: path))
        #expect(!claims.dependsOnOrder)
    }

    @Test func directoriesOfManyPackagesDoNot() {
        var claims = Claims()
        _ = claims.takeDirectory(path, directory(1))
        _ = claims.takeDirectory(path, directory(2))
        #expect(!claims.dependsOnOrder)
    }
}
