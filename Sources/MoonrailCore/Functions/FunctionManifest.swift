/// What a `memphis.yaml` says of a function: it stands where neither the configuration nor the
/// script's own table says other.
package struct FunctionManifest: Hashable, Sendable {
    /// As messages name it: `functions/celsius/memphis.yaml`.
    package let file: String
    package var functionName: Name?
    package var description: String?
    /// For people, and for programs that list functions; in their order.
    package var tags: [String] = []
    /// In their order; names are there once.
    package var inputs: [Input] = []
    /// Memory of the script's values that it asks for.
    package var memory: Memory?
    /// What in it is not looked at.
    package var notices: [Notice] = []

    /// Its `function_name`, as it is written.
    package struct Name: Hashable, Sendable {
        package let text: String
        package let line: Int?

        package init(_ text: String, line: Int?) {
            self.text = text
            self.line = line
        }
    }

    /// A parameter of the function.
    package struct Input: Hashable, Sendable {
        package let name: String
        /// Nil when each attachment is to give its own.
        package let value: JSONValue?
        package let line: Int?

        package init(name: String, value: JSONValue?, line: Int?) {
            self.name = name
            self.value = value
            self.line = line
        }
    }

    package struct Memory: Hashable, Sendable {
        package let bytes: UInt64
        package let line: Int?

        package init(bytes: UInt64, line: Int? = nil) {
            self.bytes = bytes
            self.line = line
        }
    }

    /// Something that its author should know, and that hinders nothing.
    package struct Notice: Hashable, Sendable {
        package let file: String
        package let line: Int?
        /// A sentence.
        package let message: String

        package init(file: String, line: Int?, message: String) {
            self.file = file
            self.line = line
            self.message = message
        }
    }

    package init(file: String) {
        self.file = file
    }

    /// `context.inputs`: its values, with those that the configuration gives laid over them one by
    /// one; nil when neither has any.
    package func inputs(under configured: JSONValue?) -> JSONValue? {
        var values: [String: JSONValue] = [:]
        for input in inputs { values[input.name] = input.value }
        guard case .object(let configured)? = configured else {
            return values.isEmpty ? configured : .object(values)
        }
        return .object(values.merging(configured) { $1 })
    }

    /// All notices of an attachment: those of the file, and that inputs have no value at all.
    ///
    /// - Parameter inputs: what the function's `context.inputs` are.
    package func notices(of function: FunctionName, inputs values: JSONValue) -> [Notice] {
        guard case .object(let given) = values else { return notices }
        return notices
            + inputs.filter { given[$0.name] == nil }.map { input in
                Notice(
                    file: file, line: input.line,
                    message: "input '\(input.name)' has no value, so that context.inputs does not "
                        + "have it; give it one under functions.\(function).inputs in the "
                        + "configuration, or as its 'value' here")
            }
    }
}

extension FunctionManifest.Notice: CustomStringConvertible {
    package var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
