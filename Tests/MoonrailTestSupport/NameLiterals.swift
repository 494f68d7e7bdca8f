import MoonrailCore

// Names stand in tests as literals; a literal that is no name ends the test run.

extension StationName: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let name = try? StationName(text) else {
            preconditionFailure("'\(text)' is no station name")
        }
        self = name
    }
}

extension FunctionName: ExpressibleByStringLiteral {
    package init(stringLiteral text: String) {
        guard let name = try? FunctionName(text) else {
            preconditionFailure("'\(text)' is no function name")
        }
        self = name
    }
}
