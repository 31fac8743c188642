import GrubPlugin
import PluginKit

PluginMain.run(artifacts: GrubBootCode(), bootloader: Grub(), commands: GrubCommands.all)
