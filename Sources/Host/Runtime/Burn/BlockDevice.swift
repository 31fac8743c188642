import Glibc
import Support
import System

/// The kernel's statements about a block device, in the files of sysfs.
struct BlockDevice {
    /// The major and the minor number, such as `8:16`.
    private let number: String
    private let directory: String

    init(_ device: dev_t) {
        // The layout of gnu_dev_major(3).
        let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
        let minor = device & 0xff | (device >> 12) & ~0xff
        number = "\(major):\(minor)"
        directory = Paths.resolved("/sys/dev/block/\(number)") ?? "/sys/dev/block/\(number)"
    }

    /// Throws one sentence if the device must not be overwritten.
    func check(_ path: String) throws(Failure) {
        if Files.exists("\(directory)/partition") {
            throw Failure(
                .usage,
                "\(path) is a partition, and an image has partitions of its own",
                hint: "Name the whole device"
            )
        }
        guard isRemovable else {
            throw Failure(
                .usage,
                "\(path) is not removable, and mkosi burn does not overwrite disks of the machine",
                hint: "Copy the image with dd, if that is what you want"
            )
        }
        if attribute("ro") == "1" { throw Failure(.usage, "\(path) is read-only") }
        for holder in holders { throw Failure(.busy, "\(path) is in use by \(holder)") }
        if let place = mountPoint { throw Failure(.busy, "\(path) is mounted at \(place)", hint: "umount \(place)") }
    }

    /// A loop device is a file; cards in readers and media on USB can be taken out.
    ///
    /// The driver of cards also has eMMC, which is soldered in; its type is `MMC`, and that of a card is `SD`.
    private var isRemovable: Bool {
        attribute("removable") == "1" || Files.exists("\(directory)/loop") || directory.contains("/usb")
            || directory.contains("/mmc_host/") && attribute("device/type") == "SD"
    }

    /// The name of the model.
    var model: String? {
        let words = ["vendor", "model", "name"].compactMap { attribute("device/\($0)") }.filter { !$0.isEmpty }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    var sectorSize: UInt64? { attribute("queue/logical_block_size").flatMap(UInt64.init) }

    private func attribute(_ name: String) -> String? {
        guard let text = try? Files.readText("\(directory)/\(name)") else { return nil }
        return text.split(separator: "\n").first.map { String($0).split(separator: " ").joined(separator: " ") } ?? ""
    }

    /// The device itself and its partitions.
    private var parts: [String] {
        let names = (try? Files.list(directory)) ?? []
        return [directory] + names.map { "\(directory)/\($0)" }.filter { Files.exists("\($0)/partition") }
    }

    private var holders: [String] { parts.flatMap { (try? Files.list("\($0)/holders")) ?? [] } }

    /// The mount point of the device or of one of its partitions (proc_pid_mountinfo(5)).
    private var mountPoint: String? {
        let numbers = parts.compactMap { try? Files.readText("\($0)/dev") }.map { String($0.prefix { $0 != "\n" }) }
        let lines = ((try? Files.readText("/proc/self/mountinfo")) ?? "").split(separator: "\n")
        return lines.lazy.map { $0.split(separator: " ") }
            .first { $0.count > 4 && numbers.contains(String($0[2])) }.map { String($0[4]) }
    }
}
