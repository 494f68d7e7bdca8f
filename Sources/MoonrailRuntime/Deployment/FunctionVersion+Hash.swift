import MoonrailCore

extension FunctionVersion {
    /// SHA-256 over everything that the results of `program` depend on, each part with its length.
    init(of program: FunctionProgram) {
        var material: [UInt8] = []
        material.appendText(program.source)
        for library in program.libraries {
            material.appendText(library.name)
            material.appendText(library.source)
        }
        material.appendText(program.inputs)
        for output in program.outputs { material.appendText(output.text) }
        material.appendLittleEndian(program.limits.emissions)
        material.appendLittleEndian(program.limits.emissionBytes)
        material.appendLittleEndian(program.limits.outputBytes)
        material.appendLittleEndian(program.limits.nesting)
        self.init(text: ContentHash(of: material).text)
    }
}
