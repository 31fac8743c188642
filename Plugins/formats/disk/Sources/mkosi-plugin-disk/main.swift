import DiskPlugin
import PluginKit

PluginMain.run(
    format: DiskFormat(),
    artifacts: PartitionsArtifact(),
    commands: [
        SurveyTool.name: SurveyTool.run, PrepareTool.name: PrepareTool.run, WriteTool.name: WriteTool.run,
        FinishTool.name: FinishTool.run,
    ]
)
