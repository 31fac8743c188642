import BootloaderKit
import PluginKit
import SystemdBootPlugin

PluginMain.run(
    bootloader: SystemdBoot(),
    commands: [InstallCommand.name: InstallCommand.run, SignCommand.name: SignCommand.run]
)
