/// How a command ends, for scripts that call it.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    case failed = 1
    case usage = 2
    case notFound = 3
    case conflict = 4
    case unavailable = 5
    case interrupted = 130

    /// The status that belongs to an HTTP status of the API.
    init(httpStatus: Int) {
        self =
            switch httpStatus {
            case 200..<300: .done
            case 400: .usage
            case 404: .notFound
            case 409, 412: .conflict
            case 503, 507: .unavailable
            default: .failed
            }
    }

    private var meaning: String {
        switch self {
        case .done: "done"
        case .failed: "failed, or part of the input was rejected"
        case .usage: "the command line or the configuration is wrong"
        case .notFound: "a station, function, file or data directory does not exist"
        case .conflict: "it exists otherwise, something uses it, or an expectation fails"
        case .unavailable:
            "the data directory or server can't be reached or used, or its disk is full"
        case .interrupted: "interrupted"
        }
    }

    /// The table of statuses as the root command's help shows it.
    static var table: String {
        allCases.map { status in
            let number = String(status.rawValue)
            return String(repeating: " ", count: 5 - number.count) + "\(number)  \(status.meaning)"
        }.joined(separator: "\n")
    }
}
