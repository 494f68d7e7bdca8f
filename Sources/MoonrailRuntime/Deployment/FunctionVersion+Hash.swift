import CLibcrypto
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
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        SHA256(material, material.count, &digest)
        self.init(
            text: digest.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined())
    }
}
