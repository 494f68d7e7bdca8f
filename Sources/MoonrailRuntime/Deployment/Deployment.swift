import MoonrailCore

/// Makes deployable functions of the scripts in a directory, or says why they are none.
package struct Deployment: Sendable {
    let directory: FunctionDirectory
    let overrides: [FunctionName: FunctionOverrides]
    private let limits: FunctionLimits
    let hosts: any FunctionHostStarter
    private let readTests: TestReader

    /// Reads the cases of a file of tests; what it throws is shown. Blocks.
    package typealias TestReader = @Sendable (_ file: String) throws -> [FunctionTest]

    /// - Parameters:
    ///   - overrides: what the configuration says of single functions.
    ///   - limits: the operator's, for functions that ask for no others.
    package init(
        directory: FunctionDirectory, overrides: [FunctionName: FunctionOverrides] = [:],
        limits: FunctionLimits = FunctionLimits(), hosts: any FunctionHostStarter,
        readTests: @escaping TestReader = { _ in [] }
    ) {
        self.directory = directory
        self.overrides = overrides
        self.limits = limits
        self.hosts = hosts
        self.readTests = readTests
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
        let files = directory.files(overrides)
        let (attachments, problems) = files.attachments(overrides)
        return (await examine(attachments, of: files), problems)
    }

    /// Examines scripts as they are in `files`, one after another in one host.
    ///
    /// - Returns: one entry for each attachment, in order.
    func examine(
        _ attachments: [FunctionDirectory.Attachment], of files: FunctionFiles
    ) async -> [Examined] {
        var functions: [Examined] = []
        var examiner = ScriptExaminer(hosts: hosts)
        for attachment in attachments {
            do {
                let program = program(
                    of: attachment, try files.source(of: attachment), try files.libraries())
                functions.append(
                    .deployable(
                        try await deployable(program, attachment.overrides, &examiner)))
            } catch {
                functions.append(.broken(attachment, "\(error)"))
            }
        }
        await examiner.stop()
        return functions
    }

    /// Makes a function of a program that once was deployed: what its version covers stays as it
    /// was then, all else is as the configuration says now.
    ///
    /// - Throws: why it can't run any more.
    func examine(_ recorded: FunctionProgram) async throws -> DeployableFunction {
        var overrides = overrides[recorded.function] ?? FunctionOverrides()
        overrides.to = recorded.outputs
        overrides.inputs = try JSONValue(parsing: recorded.inputs)
        overrides.emissions = recorded.limits.emissions
        overrides.outputBytes = recorded.limits.outputBytes
        overrides.nesting = recorded.limits.nesting
        var program = recorded
        program.limits = limits
        program.limits.emissionBytes = recorded.limits.emissionBytes
        var examiner = ScriptExaminer(hosts: hosts)
        do {
            let function = try await deployable(program, overrides, &examiner)
            await examiner.stop()
            return function
        } catch {
            await examiner.stop()
            throw error
        }
    }

    /// What the tests beside a function say of it.
    enum TestVerdict: Sendable {
        /// None for a function without tests.
        case passed(cases: Int)
        case failed(DeploymentRefusal)
    }

    /// Runs the tests beside a function until one fails.
    func verdict(on function: DeployableFunction) async -> TestVerdict {
        let file = directory.testFile(of: function.name)
        do {
            let tests = try readTests(file)
            for test in tests {
                let report = try await FunctionTester(hosts: hosts).run(test, of: function)
                if report.passed { continue }
                let failed = DeploymentRefusal.FailedTest(file: file, report: report)
                return .failed(DeploymentRefusal(why: failed.why, test: failed))
            }
            return .passed(cases: tests.count)
        } catch {
            return .failed(DeploymentRefusal(why: "\(error)"))
        }
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
        let examined: Examined
        do {
            let program = program(
                of: attachment, try source ?? FunctionDirectory.source(attachment.file),
                try directory.files(overrides).libraries())
            examined = .deployable(try await deployable(program, attachment.overrides, &examiner))
        } catch {
            examined = .broken(attachment, "\(error)")
        }
        await examiner.stop()
        return examined
    }

    private func program(
        of attachment: FunctionDirectory.Attachment, _ source: [UInt8],
        _ libraries: [FunctionProgram.Library]
    ) -> FunctionProgram {
        // A document that was read as JSON can be written as JSON.
        let inputs = (try? attachment.overrides.inputs?.encoded()) ?? Array("{}".utf8)
        return FunctionProgram(
            function: attachment.name, file: attachment.file, source: source,
            libraries: libraries, inputs: inputs, outputs: attachment.overrides.to ?? [],
            limits: limits)
    }

    private func deployable(
        _ program: FunctionProgram, _ overrides: FunctionOverrides,
        _ examiner: inout ScriptExaminer
    ) async throws -> DeployableFunction {
        var program = program
        try ScriptEncoding.check(program.source, file: program.file)
        let outline = ScriptOutline(program.source)
        let table = try await examiner.table(of: program, outline: outline)
        let definition = try FunctionDefinition(
            name: program.function, file: program.file, table: try JSONValue(parsing: table),
            overrides: overrides, limits: program.limits, outline: outline)
        program.outputs = definition.to
        program.limits = definition.limits
        return DeployableFunction(
            definition: definition, program: program, version: FunctionVersion(of: program))
    }
}

extension Deployment.Examined {
    fileprivate static func broken(
        _ attachment: FunctionDirectory.Attachment, _ why: String
    ) -> Self {
        .broken(FunctionStatus(name: attachment.name, file: attachment.file, state: .failed(why)))
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
