import MoonrailHTTP

/// Calls about the store as a whole.
extension Route {
    static let storeCheck = Route(.GET, "store/check")

    /// - Parameter file: an absolute path.
    static func createBackup(file: String) throws -> Route {
        try Route(.POST, "store/backups", message: BackupMessage(file: file))
    }
}
