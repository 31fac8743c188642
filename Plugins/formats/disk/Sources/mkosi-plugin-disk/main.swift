import DiskPlugin
import PluginKit

PluginMain.run(
    format: DiskFormat(),
    commands: [SurveyTool.name: SurveyTool.run, WriteTool.name: WriteTool.run, FinishTool.name: FinishTool.run]
)
