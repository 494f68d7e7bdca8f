import Glibc

/// The configuration file.
struct SettingsFile {
    static let defaultPath = "config/moonrail.yaml"

    /// As messages name it: as the user gave it.
    let path: String
    /// The variable that names it, if one does.
    private let variable: String?

    init(path: String, variable: String? = nil) {
        self.path = path
        self.variable = variable
    }

    /// The file to read; nil when none is named and the default one does not exist.
    ///
    /// - Throws: when the name is empty.
    static func find(
        named file: String?, environment: [String: String]
    ) throws(SettingsProblem) -> SettingsFile? {
        let variable = SettingsVariables.configuration
        if let file {
            guard !file.isEmpty else { throw SettingsProblem("the file's name is empty") }
            return SettingsFile(path: file)
        }
        if let named = environment[variable] {
            guard !named.isEmpty else {
                throw SettingsProblem("\(variable) is empty; name a file or unset it")
            }
            return SettingsFile(path: named, variable: variable)
        }
        return access(defaultPath, F_OK) == 0 ? SettingsFile(path: defaultPath) : nil
    }

    /// The text of the file, which may be a pipe. Blocks.
    ///
    /// - Throws: when it can't be read, is over `SettingsBounds.fileBytes`, or is not UTF-8.
    func text() throws(SettingsProblem) -> String {
        guard let file = fopen(path, "re") else {
            let why = errno == ENOENT ? "there is no such file" : reason
            throw SettingsProblem("\(why)\(named)")
        }
        defer { fclose(file) }
        // One byte more than allowed is asked for, so that a file that is too long shows.
        var bytes = [UInt8](repeating: 0, count: SettingsBounds.fileBytes + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard ferror(file) == 0 else { throw SettingsProblem("\(reason)\(named)") }
        guard count <= SettingsBounds.fileBytes else {
            throw SettingsProblem("it is over \(SettingsBounds.fileBytes >> 20) MiB")
        }
        guard let text = String(validating: bytes.prefix(count), as: UTF8.self) else {
            throw SettingsProblem("it is not UTF-8 text")
        }
        return text
    }

    private var named: String { variable.map { ", but \($0) names it" } ?? "" }

    private var reason: String { "it can't be read: \(String(cString: strerror(errno)))" }
}
