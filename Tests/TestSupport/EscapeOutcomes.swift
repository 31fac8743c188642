/// How each technique of `Tests/Fixtures/escapes.c` must end: the name of an error, or `done` where what was done stays inside.
///
/// Each list has the results that say the technique was refused; another error would mean that it was not really tried.
public enum EscapeOutcomes {
    /// What holds for everyone, in every hardened sandbox with a network of its own.
    public static let expected: [String: Set<String>] = [
        // System calls that change the machine.
        "kexec_load": ["EPERM"], "kexec_file_load": ["EPERM"], "init_module": ["EPERM"], "finit_module": ["EPERM"],
        "delete_module": ["EPERM"], "bpf_map": ["EPERM"], "perf_event": ["EPERM"], "userfault": ["EPERM"],
        "ring": ["ENOSYS"], "key_add": ["EPERM"], "key_request": ["EPERM"], "key_read": ["EPERM"], "handle": ["EPERM"],
        "reboots": ["EPERM"], "swap_on": ["EPERM"], "swap_off": ["EPERM"], "accounting": ["EPERM"], "quota": ["EPERM"],
        "kernel_log": ["EPERM"], "hang_up": ["EPERM"], "time_of_day": ["EPERM"], "clock_set": ["EPERM"],
        "clock_adjust": ["EPERM"], "io_ports": ["EPERM"],
        // The same through other instruction sets: EFAULT is a program that the kernel has killed for trying.
        "compat_keyctl": ["EPERM", "EFAULT", "ENOSYS"], "compat_module": ["EPERM", "EFAULT", "ENOSYS"],
        "compat_bpf": ["EPERM", "EFAULT", "ENOSYS"], "compat_clone3": ["ENOSYS", "EFAULT"], "x32_keyctl": ["ENOSYS"],
        "x32_getpid": ["ENOSYS"],
        // Terminals.
        "tty_open": ["ENXIO"], "tty_inject": ["EPERM"], "tty_inject_wide": ["EPERM"], "tty_paste": ["EPERM"],
        "tty_discipline": ["EPERM"], "tty_console": ["ENOENT"],
        // Devices.
        "node_memory": ["EPERM"], "node_disk": ["EPERM"], "device_mode": ["EROFS", "EPERM"],
        "device_owner": ["EROFS", "EPERM"], "device_time": ["EROFS"], "device_attribute": ["EROFS", "EPERM"],
        "input_mode": ["EROFS", "EPERM"], "device_fuse": ["ENOENT"], "device_kvm": ["ENOENT"], "device_log": ["ENOENT"],
        "device_memory": ["ENOENT"], "device_loop": ["ENOENT"],
        // Processes outside.
        "signal_process": ["ESRCH"], "handle_process": ["ESRCH"], "trace_process": ["ESRCH"], "read_process": ["ESRCH"],
        "limit_process": ["ESRCH"], "move_process": ["ESRCH"], "nice_process": ["ESRCH"],
        "priority_up": ["EACCES", "EPERM"], "real_time": ["EPERM"], "limit_up": ["EPERM"],
        "every_root": ["ENOENT"],
        // The first process of the sandbox, which has the same ids but is not dumpable.
        "process_1_root": ["EACCES"], "process_1_directory": ["EACCES"], "process_1_program": ["EACCES"],
        "process_1_trace": ["EPERM"], "process_1_attach": ["EPERM"], "process_1_memory": ["EACCES"],
        "process_1_read": ["EPERM"], "process_1_write": ["EPERM"], "process_1_map": ["EACCES"],
        "process_1_environment": ["EACCES"], "process_1_descriptors": ["EACCES", "ENOENT"],
        "process_1_fetch": ["EPERM", "EBADF"], "process_1_compare": ["EPERM", "ENOSYS"], "process_1_end": ["EPERM"],
        "richer_namespace": ["ESRCH"], "parent_namespace": ["EPERM"],
        // Namespaces and roots.
        "cgroup_namespace": ["EPERM"], "cgroup_clone": ["EPERM"], "cgroup_clone3": ["ENOSYS"],
        "chroot_escape": ["ENOENT"], "pivot_escape": ["ENOENT"], "nested_user": ["EPERM"],
        // Mounts.
        "remount_bind": ["EPERM"], "remount_file_system": ["EPERM"], "attribute": ["EPERM"],
        "attribute_of_clone": ["EPERM"], "attribute_of_programs": ["EPERM"], "write_second_bind": ["EROFS"],
        "unmount_read_only": ["EINVAL"], "unmount_lazily": ["EINVAL"], "unmount_device": ["EINVAL"],
        "unmount_processes": ["EINVAL"], "unmount_mask": ["EINVAL"], "unmount_empty": ["EINVAL"],
        "move_mask": ["EINVAL"], "bind_without_masks": ["EINVAL"], "write_through_overlay": ["EINVAL", "EROFS"],
        "map_ids": ["EPERM", "EINVAL"], "mount_processes": ["EPERM"], "mount_system": ["EPERM"],
        "mount_cgroup2": ["EPERM"], "mount_cgroup": ["EPERM"], "mount_debug": ["EPERM"], "mount_trace": ["EPERM"],
        "mount_security": ["EPERM"], "mount_devices": ["EPERM"], "mount_disk": ["EPERM", "ENOENT"],
        // Files.
        "file_write": ["EROFS"], "file_create": ["EROFS"], "file_mode": ["EROFS"], "file_time": ["EROFS"],
        "file_attribute": ["EROFS"], "file_remove": ["EROFS"], "file_link": ["EXDEV"], "file_rename": ["EXDEV"],
        "file_reopen": ["EROFS"], "file_absolute_link": ["ENOENT"], "file_relative_link": ["ENOENT"],
        "file_canary": ["ENOENT"], "freeze": ["EPERM"], "trim": ["EPERM"], "immutable": ["EPERM"],
        "trusted_attribute": ["EPERM"], "own_program": ["ETXTBSY", "EROFS", "EACCES"], "watch_everything": ["EPERM"],
        "descriptors": ["EBADF"],
        // Settings of the kernel.
        "core_pattern": ["EROFS", "EACCES"], "module_loader": ["EROFS", "EACCES", "ENOENT"],
        "magic_key": ["EROFS", "EACCES", "ENOENT"], "interrupts": ["EROFS", "EACCES", "ENOENT"],
        "event_helper": ["ENOENT"], "release_agent": ["ENOENT"], "processors_off": ["EROFS", "EACCES", "ENOENT"],
        "kernel_memory": ["ENODATA", "EACCES", "ENOENT"], "kernel_messages": ["ENODATA", "EACCES", "ENOENT"],
        "kernel_slabs": ["ENODATA", "EACCES", "ENOENT"], "page_flags": ["ENODATA", "EACCES", "ENOENT"],
        "out_of_memory": ["EACCES"],
        // What other namespaces hide.
        "shared_memory": ["ENOENT"], "message_queue": ["ENOENT"], "semaphore": ["ENOENT"],
        "abstract_socket": ["ECONNREFUSED"], "virtual_machine_socket": ["EAFNOSUPPORT"], "host_name": ["done"],
        "domain_name": ["done"],
        // Privileges.
        "capabilities_of_host": ["EPERM"], "secure_bits": ["EPERM"], "set_user": ["ENOENT"],
    ]

    /// What is different where user 0 of the sandbox is an ordinary user outside: /proc is not masked, for the kernel
    /// allows no change in it; and with one id changes of owner are pretended.
    public static let ofOrdinaryUsers: [String: Set<String>] = [
        "bind_without_masks": ["done"], "unmount_mask": ["EINVAL"], "unmount_empty": ["EINVAL"],
        "move_mask": ["EINVAL"],
        "device_owner": ["EROFS", "EPERM", "done"],
    ]

    /// What is different with the host's network: its abstract sockets are there, but not for the sandbox.
    public static let ofSharedNetwork: [String: Set<String>] = ["abstract_socket": ["EPERM"]]
}
