import Foundation
import MoonrailCore

/// A script that is not put into the functions directory; nothing was changed.
package enum RefusedUpload: Error, Hashable, Sendable {
    /// The script is no function, or one whose tests fail: why, with file and line.
    case notSound(String)
    /// Its place in the directory is not to be written: why, and what to do.
    case noPlace(String)
}

extension Deployment {
    /// Puts a script into the functions directory as that of a function, whole at once, after its
    /// host has compiled it and the tests beside it have passed. Whatever watches the directory
    /// deploys it from there. Blocks for as long as writing takes.
    ///
    /// - Returns: the version that it makes.
    /// - Throws: `RefusedUpload`; the script that is there stays.
    package func upload(
        _ source: [UInt8], as name: FunctionName
    ) async throws(RefusedUpload) -> FunctionVersion {
        let file = try place(of: name)
        switch await examine(name: name, file: file, source: source) {
        case .broken(let status):
            throw .notSound(status.state.reason ?? "the script is no function")
        case .deployable(let function):
            if case .failed(let refusal) = await verdict(on: function) {
                throw .notSound(refusal.why)
            }
            do {
                // Under another name first, so that nobody ever reads half of it.
                try Data(source).write(to: URL(fileURLWithPath: file), options: .atomic)
            } catch {
                throw .noPlace("\(file) can't be written: \(error.localizedDescription)")
            }
            return function.version
        }
    }

    /// Where the script of a function lies, or would.
    private func place(of name: FunctionName) throws(RefusedUpload) -> String {
        let attachments = directory.attachments(overrides).attachments
        let file =
            attachments.first { $0.name == name }?.file
            ?? directory.path + "/" + FunctionPlaces.topScript(name.text)
        guard FunctionPlaces.stem(ofScript: file) == name.text else {
            throw .noPlace(
                "function '\(name)' has the script \(file) by the configuration; change the file "
                    + "itself, for all functions that have it")
        }
        if let other = attachments.first(where: { $0.file == file && $0.name != name })?.name {
            throw .noPlace(
                "\(file) is the script of function '\(other)' by the configuration; change the "
                    + "file itself, for all functions that have it")
        }
        return file
    }
}
