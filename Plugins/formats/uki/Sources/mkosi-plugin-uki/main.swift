import PluginKit
import UkiPlugin

PluginMain.run(format: UkiFormat(), artifacts: UkiArtifact(), commands: UkiCommands.all)
