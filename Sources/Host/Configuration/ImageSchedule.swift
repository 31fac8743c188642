import ByteKeys
import Support

/// The images of a project that have to be finished before another one can begin, and those before its assembly.
///
/// An image waits for those in its `Dependencies=` and for those whose outputs its settings name; the main image waits
/// for all others. Only the default initrd is not needed before an image is put together, unless the image reads it.
public struct ImageSchedule: Sendable, Equatable {
    /// The images that one image waits for, as places in the order of building.
    public struct Needs: Sendable, Equatable {
        /// Images that are done before this one begins.
        public var start: Set<Int>
        /// Further images that are done before its outputs are made.
        public var assembly: Set<Int>

        public init(start: Set<Int> = [], assembly: Set<Int> = []) {
            self.start = start
            self.assembly = assembly
        }
    }

    /// For every image, in the order of building.
    public let needs: [Needs]

    public init(needs: [Needs]) {
        self.needs = needs
    }

    /// Images come after their dependencies, as in `LoadedConfiguration`.
    public init(_ images: [ImageConfiguration]) {
        needs = images.indices.map { index in
            let image = images[index]
            let dependencies = ByteSet(image[.dependencies])
            var needs = Needs()
            for other in 0..<index {
                let name = images[other].name
                let isInitrd = name == ImageConfiguration.initrdName && image.wantsDefaultInitrd
                if OutputReferences(images[other]).occur(in: image, except: isInitrd ? [settingName(.initrds)] : []) {
                    needs.start.insert(other)
                } else if isInitrd {
                    needs.assembly.insert(other)
                } else if image.name == ImageConfiguration.mainName || dependencies.contains(name) {
                    needs.start.insert(other)
                }
            }
            return needs
        }
    }
}
