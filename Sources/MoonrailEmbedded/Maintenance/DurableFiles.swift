import Glibc
import MoonrailCore

/// File operations that are done when they return: on disk, under their names. Each blocks.
enum DurableFiles {
    /// Bytes of a file; 0 where there is none.
    static func size(of path: String) throws(EngineError) -> UInt64 {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return 0 }
            throw failure("look at '\(path)'")
        }
        return UInt64(max(0, status.st_size))
    }

    /// Waits until the file's bytes are on disk.
    static func sync(file path: String) throws(EngineError) {
        try sync(path, O_RDWR)
    }

    /// Waits until the directory's entries are on disk: a file whose bytes are there is lost with
    /// the power all the same while its name is not.
    static func sync(directory path: String) throws(EngineError) {
        try sync(path, O_RDONLY | O_DIRECTORY)
    }

    private static func sync(_ path: String, _ flags: CInt) throws(EngineError) {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open '\(path)'") }
        let result = fsync(descriptor)
        let code = errno
        close(descriptor)
        guard result == 0 else { throw failure("write '\(path)' to the disk", code) }
    }

    /// Gives the file `path` its name, unless that is taken, and waits until it is on disk.
    static func publish(_ temporary: String, as path: String) throws(EngineError) {
        // A link, because a rename would replace what is there; unlike `renameat2` with
        // RENAME_NOREPLACE every file system with hard links has it.
        guard link(temporary, path) == 0 else {
            if errno == EEXIST { throw exists(path) }
            throw failure("create '\(path)'")
        }
        do throws(EngineError) {
            try sync(directory: directory(of: path))
        } catch {
            unlink(path)
            throw error
        }
        unlink(temporary)
    }

    /// Copies `source` to the new file `target` and waits until its bytes are on disk. Leaves no
    /// file when it fails.
    static func copy(_ source: String, to target: String) throws(EngineError) {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw failure("read '\(source)'") }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw failure("create '\(target)'") }
        do throws(EngineError) {
            defer { close(output) }
            try copy(input, source, to: output, target)
            guard fsync(output) == 0 else { throw failure("write '\(target)' to the disk") }
        } catch {
            unlink(target)
            throw error
        }
    }

    private static func copy(
        _ input: CInt, _ source: String, to output: CInt, _ target: String
    ) throws(EngineError) {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count == 0 { return }
            guard count > 0 else { throw failure("read '\(source)'") }
            var written = 0
            while written < count {
                let result = buffer.withUnsafeBytes {
                    let rest = UnsafeRawBufferPointer(rebasing: $0[written..<count])
                    return write(output, rest.baseAddress, rest.count)
                }
                guard result > 0 else { throw failure("write '\(target)'") }
                written += result
            }
        }
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func exists(_ path: String) -> EngineError {
        .exists("'\(path)' exists and is left as it is; choose another name")
    }

    /// The directory that holds `path`.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func failure(_ what: String, _ code: CInt = errno) -> EngineError {
        let message = "can't \(what): \(String(cString: strerror(code)))"
        return code == ENOSPC || code == EDQUOT
            ? .full(message + "; free some space and try again") : .unavailable(message)
    }
}
