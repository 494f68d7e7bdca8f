import MoonrailCore

/// A webhook of the configuration, with whom it delivers to.
package struct Webhook: Sendable {
    let function: DeployableFunction
    let receiver: any EventReceiver

    /// - Parameter name: as the configuration names it.
    /// - Throws: `InvalidName` when the name is too long.
    package init(
        _ name: FunctionName, _ definition: WebhookDefinition, receiver: any EventReceiver
    ) throws(InvalidName) {
        let lanes = try FunctionDefinition(webhook: name, definition)
        // What it delivers to, and how often it tries: a pause ends when these change.
        let version = ContentHash(of: Array("\(definition)".utf8)).text
        function = DeployableFunction(
            definition: lanes,
            program: FunctionProgram(function: lanes.name, file: lanes.file, source: []),
            version: FunctionVersion(text: version), manifest: nil)
        self.receiver = receiver
    }
}
