import InitrdPlugin
import PluginKit

PluginMain.run(artifacts: InitrdArtifacts(), commands: InitrdCommands.all)
