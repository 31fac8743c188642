import Glibc
import System

/// Hardware virtualization of the host (kernel, Documentation/virt/kvm/api.rst).
enum Accelerator {
    /// `KVM_CREATE_VM`, which fails where the device is there and the processor, or a host around this one, says no.
    private static let createMachine: UInt = 0xae01

    /// Whether a machine can be made.
    static var works: Bool {
        guard let device = try? Descriptor.open("/dev/kvm", O_RDWR) else { return false }
        let machine = ioctl(device.number, createMachine, 0)
        if machine < 0 { return false }
        close(machine)
        return true
    }
}
