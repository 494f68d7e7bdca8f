import ArgumentParser
import MoonrailCore

/// How names are read from the command line: with the sentence that says which rule one breaks.
enum Names {
    @Sendable static func station(_ text: String) throws -> StationName {
        do {
            return try StationName(text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// The function that a script's file is named after.
    static func function(ofScript file: String) throws -> FunctionName {
        let base = file.split(separator: "/").last ?? ""
        return try function(String(base.hasSuffix(".lua") ? base.dropLast(4) : base))
    }

    @Sendable static func function(_ text: String) throws -> FunctionName {
        do {
            return try FunctionName(text)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
