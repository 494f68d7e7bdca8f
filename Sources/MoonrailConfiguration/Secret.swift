/// A text that is never shown: one line of a file, or a variable.
enum Secret {
    /// Longest secret; room for what an editor adds at its end.
    static let bytesMaximum = 4_096

    /// Blocks while it reads the file.
    ///
    /// - Parameter file: nil: the variable holds it.
    /// - Throws: when the file can't be read, or there is no secret; the text says the place alone.
    static func read(
        _ file: String?, else variable: String, _ environment: [String: String]
    ) throws(ConfigurationError) -> String {
        guard let file else { return try checked(environment[variable] ?? "", of: variable) }
        do {
            return try checked(try SettingsFile(path: file).text(), of: "the file '\(file)'")
        } catch let problem as SettingsProblem {
            throw ConfigurationError(messages: ["\(file): \(problem.text)"])
        } catch let error as ConfigurationError {
            throw error
        } catch {
            preconditionFailure("nothing else is thrown")
        }
    }

    private static func checked(
        _ text: String, of place: String
    ) throws(ConfigurationError) -> String {
        var secret = text[...]
        while secret.last?.isWhitespace == true { secret.removeLast() }
        guard (1...bytesMaximum).contains(secret.utf8.count),
            secret.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw ConfigurationError(messages: ["\(place) holds no secret; it must be one line"])
        }
        return String(secret)
    }
}
