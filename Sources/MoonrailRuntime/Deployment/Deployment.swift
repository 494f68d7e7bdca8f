import MoonrailCore

/// Makes deployable functions of the scripts in a directory, or says why they are none.
package struct Deployment: Sendable {
    private let directory: FunctionDirectory
    private let overrides: [FunctionName: FunctionOverrides]
    private let limits: FunctionLimits
    private let hosts: any FunctionHostStarter

    /// - Parameters:
    ///   - overrides: what the configuration says of single functions.
    ///   - limits: the operator's, for functions that ask for no others.
    package init(
        directory: FunctionDirectory, overrides: [FunctionName: FunctionOverrides] = [:],
        limits: FunctionLimits = FunctionLimits(), hosts: any FunctionHostStarter
    ) {
        self.directory = directory
        self.overrides = overrides
        self.limits = limits
        self.hosts = hosts
    }

    /// What became of one attachment.
    package enum Examined: Hashable, Sendable {
        case deployable(DeployableFunction)
        case broken(FunctionStatus)

        package var status: FunctionStatus {
            switch self {
            case .deployable(let function): function.status(.stopped)
            case .broken(let status): status
            }
        }
    }

    /// Examines everything in the directory, one script after another in one host.
    ///
    /// - Returns: one entry for each attachment in the order of names, and a sentence for each file
    ///   whose name is no function's.
    package func examine() async -> (functions: [Examined], problems: [String]) {
        let (attachments, problems) = directory.attachments(overrides)
        var functions: [Examined] = []
        var examiner = ScriptExaminer(hosts: hosts)
        for attachment in attachments {
            functions.append(await examine(attachment, in: &examiner))
        }
        await examiner.stop()
        return (functions, problems)
    }

    /// Examines the function of this name; nil when neither the directory nor the configuration has
    /// one.
    package func examine(name: FunctionName) async -> Examined? {
        guard
            let attachment = directory.attachments(overrides).attachments
                .first(where: { $0.name == name })
        else { return nil }
        return await examine(attachment)
    }

    /// Examines one script, which need not be in the directory, under the name of its file.
    package func examine(file: String) async -> Examined? {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        guard base.hasSuffix(".lua"), let name = try? FunctionName(String(base.dropLast(4))) else {
            return nil
        }
        return await examine(
            .init(name: name, file: file, overrides: overrides[name] ?? FunctionOverrides()))
    }

    /// Examines a script that is given, as if it were the file of the function `name`.
    package func examine(name: FunctionName, file: String, source: [UInt8]) async -> Examined {
        await examine(
            .init(name: name, file: file, overrides: overrides[name] ?? FunctionOverrides()),
            source: source)
    }

    /// - Parameter source: nil to read the file.
    private func examine(
        _ attachment: FunctionDirectory.Attachment, source: [UInt8]? = nil
    ) async -> Examined {
        var examiner = ScriptExaminer(hosts: hosts)
        let examined = await examine(attachment, source: source, in: &examiner)
        await examiner.stop()
        return examined
    }

    private func examine(
        _ attachment: FunctionDirectory.Attachment, source: [UInt8]? = nil,
        in examiner: inout ScriptExaminer
    ) async -> Examined {
        do {
            let source = try source ?? FunctionDirectory.source(attachment.file)
            return .deployable(try await deployable(attachment, source, &examiner))
        } catch {
            return .broken(
                FunctionStatus(
                    name: attachment.name, file: attachment.file, state: .failed("\(error)")))
        }
    }

    private func deployable(
        _ attachment: FunctionDirectory.Attachment, _ source: [UInt8],
        _ examiner: inout ScriptExaminer
    ) async throws -> DeployableFunction {
        let inputs = attachment.overrides.inputs ?? .object([:])
        var program = FunctionProgram(
            function: attachment.name, file: attachment.file, source: source,
            libraries: try directory.libraries(), inputs: try inputs.encoded(),
            outputs: attachment.overrides.to ?? [], limits: limits)
        try ScriptEncoding.check(source, file: attachment.file)
        let outline = ScriptOutline(source)
        let table = try await examiner.table(of: program, outline: outline)
        let definition = try FunctionDefinition(
            name: attachment.name, file: attachment.file, table: try JSONValue(parsing: table),
            overrides: attachment.overrides, limits: limits, outline: outline)
        program.outputs = definition.to
        program.limits = definition.limits
        return DeployableFunction(
            definition: definition, program: program, version: FunctionVersion(of: program))
    }
}

/// A function that compiled and says what a function must.
package struct DeployableFunction: Hashable, Sendable {
    package let definition: FunctionDefinition
    package let program: FunctionProgram
    package let version: FunctionVersion

    package var name: FunctionName { definition.name }

    package func status(_ state: FunctionStatus.State) -> FunctionStatus {
        FunctionStatus(
            name: name, file: definition.file, state: state, definition: definition,
            version: version)
    }
}

/// Functions as they would be deployed, for a process that runs none.
package struct DeployableOverview: FunctionOverview {
    private let deployment: Deployment

    package init(deployment: Deployment) {
        self.deployment = deployment
    }

    package func functions() async -> [FunctionStatus] {
        await deployment.examine().functions.map(\.status)
    }
}
