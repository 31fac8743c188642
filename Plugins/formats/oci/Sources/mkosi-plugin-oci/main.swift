import OciPlugin
import PluginKit

PluginMain.run(format: ImageFormat(), commands: [LayoutCommand.name: LayoutCommand.run])
