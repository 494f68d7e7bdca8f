/// Everything a host needs to run one function.
package struct FunctionProgram: Hashable, Sendable {
    package var function: FunctionName
    /// As messages name it: `functions/celsius.lua`.
    package var file: String
    package var source: [UInt8]
    package var libraries: [Library]
    /// `context.inputs`, a JSON object.
    package var inputs: [UInt8]
    /// Stations that the script may write; empty to let the script's own `to` stand.
    package var outputs: [StationName]
    package var partition: UInt32
    package var limits: FunctionLimits

    /// A file of `functions/lib/`.
    package struct Library: Hashable, Sendable {
        /// As `require` names it: `lib.units`.
        package var name: String
        package var source: [UInt8]

        package init(name: String, source: [UInt8]) {
            self.name = name
            self.source = source
        }
    }

    package init(
        function: FunctionName, file: String, source: [UInt8], libraries: [Library] = [],
        inputs: [UInt8] = Array("{}".utf8), outputs: [StationName] = [], partition: UInt32 = 0,
        limits: FunctionLimits = FunctionLimits()
    ) {
        self.function = function
        self.file = file
        self.source = source
        self.libraries = libraries
        self.inputs = inputs
        self.outputs = outputs
        self.partition = partition
        self.limits = limits
    }
}
