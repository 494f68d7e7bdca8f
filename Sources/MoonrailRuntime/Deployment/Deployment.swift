import MoonrailCore

/// Makes deployable functions of the scripts in a directory, or says why they are none.
package struct Deployment: Sendable {
    package let directory: FunctionDirectory
    let overrides: [FunctionName: FunctionOverrides]
    private let limits: FunctionLimits
    let hosts: any FunctionHostStarter
    private let readTests: TestReader
    let readManifest: ManifestReader

    /// Reads the cases of a file of tests; what it throws is shown. Blocks.
    package typealias TestReader = @Sendable (_ file: String) throws -> [FunctionTest]
    /// Reads the bytes of a `memphis.yaml`, which messages call `file`; what it throws is shown.
    package typealias ManifestReader =
        @Sendable (_ bytes: [UInt8], _ file: String) throws -> FunctionManifest

    /// - Parameters:
    ///   - overrides: what the configuration says of single functions.
    ///   - limits: the operator's, for functions that ask for no others.
    package init(
        directory: FunctionDirectory, overrides: [FunctionName: FunctionOverrides] = [:],
        limits: FunctionLimits = FunctionLimits(), hosts: any FunctionHostStarter,
        readTests: @escaping TestReader = { _ in [] },
        readManifest: @escaping ManifestReader = { FunctionManifest(file: $1) }
    ) {
        self.directory = directory
        self.overrides = overrides
        self.limits = limits
        self.hosts = hosts
        self.readTests = readTests
        self.readManifest = readManifest
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
        let (attachments, problems) = attachments(of: files)
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
            functions.append(
                await examine(attachment, &examiner) {
                    (
                        try files.source(of: attachment), try files.libraries(),
                        try files.manifest(of: attachment, readManifest)
                    )
                })
        }
        await examiner.stop()
        return functions
    }

    /// What a function is made of, or why that can't be had.
    typealias Parts = () throws -> (
        source: [UInt8], libraries: [FunctionProgram.Library], manifest: FunctionManifest?
    )

    func examine(
        _ attachment: FunctionDirectory.Attachment, _ examiner: inout ScriptExaminer, parts: Parts
    ) async -> Examined {
        do {
            let (source, libraries, manifest) = try parts()
            let program = FunctionProgram(
                function: attachment.name, file: attachment.file, source: source,
                libraries: libraries, outputs: attachment.overrides.to ?? [], limits: limits)
            return .deployable(
                try await deployable(program, attachment.overrides, manifest, &examiner))
        } catch {
            return .broken(attachment, "\(error)")
        }
    }

    /// Makes a function of a program that once was deployed: what its version covers stays as it
    /// was then, and so does what its manifest said; all else is as the configuration says now.
    ///
    /// - Throws: why it can't run any more.
    func examine(
        _ recorded: FunctionProgram, manifest: FunctionManifest?
    ) async throws -> DeployableFunction {
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
            let function = try await deployable(program, overrides, manifest, &examiner)
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

    private func deployable(
        _ program: FunctionProgram, _ overrides: FunctionOverrides,
        _ manifest: FunctionManifest?, _ examiner: inout ScriptExaminer
    ) async throws -> DeployableFunction {
        var program = program
        if let inputs = manifest?.inputs(under: overrides.inputs) ?? overrides.inputs {
            // A document that was read as JSON can be written as JSON.
            program.inputs = (try? inputs.encoded()) ?? program.inputs
        }
        try ScriptEncoding.check(program.source, file: program.file)
        let outline = ScriptOutline(program.source)
        let table = try await examiner.table(of: program, outline: outline)
        let definition = try FunctionDefinition(
            name: program.function, file: program.file, table: try JSONValue(parsing: table),
            overrides: overrides, manifest: manifest, limits: program.limits, outline: outline)
        program.outputs = definition.to
        program.limits = definition.limits
        return DeployableFunction(
            definition: definition, program: program, version: FunctionVersion(of: program),
            manifest: manifest)
    }
}

extension Deployment.Examined {
    static func broken(
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
    /// Its `memphis.yaml`, if it has one.
    package let manifest: FunctionManifest?

    /// What its author should know, and what hinders nothing.
    package var notices: [FunctionManifest.Notice] {
        manifest?.notices(of: name, inputs: definition.inputs) ?? []
    }

    /// Whether it runs as `other` does and says the same of itself.
    func isSame(as other: DeployableFunction) -> Bool {
        definition == other.definition && program == other.program
    }

    package var name: FunctionName { definition.name }

    package func status(_ state: FunctionStatus.State) -> FunctionStatus {
        FunctionStatus(
            name: name, file: definition.file, state: state, definition: definition,
            version: version)
    }
}
