import MoonrailCore

/// What can be asked of webhooks, which the configuration deploys and not the directory.
extension Deployer {
    func perform(
        _ asked: AskedCommand, onWebhook name: FunctionName
    ) async throws -> DeploymentAnswer {
        let webhook = await board.functions().first { $0.name == name }
        guard case .resume = asked.command, let version = webhook?.version else {
            throw DeploymentRefused(
                description: "'\(name)' is a webhook, which can be resumed and nothing else; the "
                    + "configuration says what it does")
        }
        var answer = DeploymentAnswer(version: version.text)
        answer.resumed = board.resume(name)
        if answer.resumed > 0 {
            await audit.note(
                .resumed, .function(name), version: version.text, because: asked.asker.because,
                by: asked.asker)
        }
        return answer
    }
}
