import PluginKit
import SystemdBootPlugin

PluginMain.run(artifacts: Measurements(), bootloader: SystemdBoot(), commands: SystemdBootCommands.all)
