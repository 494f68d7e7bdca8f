/// How much the worker writes to its log; the names are those of swift-log.
package enum LogLevel: String, Hashable, Sendable, CaseIterable {
    case trace, debug, info, notice, warning, error
}
