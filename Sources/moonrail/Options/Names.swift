import ArgumentParser
import MoonrailCore
import MoonrailHTTP

/// How names are read from the command line: with the sentence that says which rule one breaks.
enum Names {
    @Sendable static func station(_ text: String) throws -> StationName {
        try read(text) { text throws(InvalidName) in try StationName(text) }
    }

    /// The function that a script's file is named after.
    static func name(ofScript file: String) throws -> FunctionName {
        let base = file.split(separator: "/").last ?? ""
        return try function(String(base.hasSuffix(".lua") ? base.dropLast(4) : base))
    }

    @Sendable static func function(_ text: String) throws -> FunctionName {
        try read(text) { text throws(InvalidName) in try FunctionName(text) }
    }

    @Sendable static func token(_ text: String) throws -> TokenName {
        try read(text) { text throws(InvalidName) in try TokenName(text) }
    }

    @Sendable static func scope(_ text: String) throws -> Scope {
        try read(text) { text throws(Problem) in try Scope(text) }
    }

    private static func read<Value, Invalid: Error & CustomStringConvertible>(
        _ text: String, as value: (String) throws(Invalid) -> Value
    ) throws -> Value {
        do {
            return try value(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
