import MoonrailCore

extension HostFrames {
    /// What a host answered to a LOAD.
    package enum LoadReply: Hashable, Sendable {
        /// The table that the script returned, as JSON.
        case loaded([UInt8])
        /// What is wrong with the script.
        case failed(FunctionFault)
    }

    /// The layers of a READY frame, as JSON.
    package static func ready(_ frame: [UInt8]) throws(ProtocolBreach) -> [UInt8] {
        try reading(frame) { kind, body in
            guard kind == .ready else { throw ProtocolBreach.unexpected(kind, for: "its start") }
            return try body.textBytes()
        }
    }

    /// The reply to a LOAD.
    package static func loadReply(_ frame: [UInt8]) throws(ProtocolBreach) -> LoadReply {
        try reading(frame) { kind, body in
            switch kind {
            case .loaded:
                return .loaded(try body.textBytes())
            case .loadFailed:
                return .failed(
                    FunctionFault(
                        kind: .raised, message: try body.text(), traceback: try body.text()))
            default:
                throw ProtocolBreach.unexpected(kind, for: "a load")
            }
        }
    }

    /// The reply to a RUN. It keeps `frame` as its bytes: emissions are places in it.
    ///
    /// Every record was checked when this returns: whole, within `Bounds` and the program's limits,
    /// without an origin, for an output that there is.
    package static func result(
        _ frame: [UInt8], expected: ExpectedResult
    ) throws(ProtocolBreach) -> RunReply {
        let content: ResultReader = try reading(frame) { kind, body in
            guard kind == .result else { throw ProtocolBreach.unexpected(kind, for: "a run") }
            var reader = ResultReader(expected: expected)
            try reader.read(&body)
            return reader
        }
        return RunReply(
            bytes: frame, outcomes: content.outcomes, emissions: content.emissions,
            logs: content.logs, stateMarks: content.stateMarks, firings: content.firings,
            nanoseconds: content.nanoseconds)
    }

    /// The reply to a PREPARE: the keys whose values the host lacks, each once.
    package static func prepared(
        _ frame: [UInt8], events: Int
    ) throws(ProtocolBreach) -> [[UInt8]] {
        try reading(frame) { kind, body in
            guard kind == .prepared else {
                throw ProtocolBreach.unexpected(kind, for: "a preparation")
            }
            let count = Int(try body.integer(UInt32.self))
            guard count <= events else {
                throw ProtocolBreach("it asked for \(count) state keys of \(events) events")
            }
            var keys: [[UInt8]] = []
            for _ in 0..<count {
                let key = try body.textBytes()
                guard (1...Bounds.keyBytes).contains(key.count) else {
                    throw ProtocolBreach("it asked for a state key of \(key.count) bytes")
                }
                keys.append(key)
            }
            return keys
        }
    }

    /// Calls `read` with the frame's kind and a reader that stands at the body, and then sees to it
    /// that the body was read to its end.
    private static func reading<Content>(
        _ frame: [UInt8], _ read: (Kind, inout ByteReader) throws -> Content
    ) throws(ProtocolBreach) -> Content {
        do {
            return try frame.withUnsafeBytes { bytes in
                guard bytes.count >= headerBytes,
                    bytes.count == Int(bytes.littleEndian(UInt32.self, at: 0)) + lengthBytes
                else { throw ProtocolBreach("it sent a frame of a wrong length") }
                let kind = try kind(of: bytes)
                var reader = ByteReader(bytes)
                try reader.skip(headerBytes)
                let content = try read(kind, &reader)
                guard reader.remaining == 0 else {
                    throw ProtocolBreach("it sent a frame with bytes behind its end")
                }
                return content
            }
        } catch let breach as ProtocolBreach {
            throw breach
        } catch {
            throw ProtocolBreach("it sent a frame that ends too early")
        }
    }
}

extension ProtocolBreach {
    /// A frame of a kind that is no answer to what was asked.
    static func unexpected(_ kind: HostFrames.Kind, for request: String) -> ProtocolBreach {
        ProtocolBreach("it answered \(request) with a frame of kind \(kind.rawValue)")
    }
}
