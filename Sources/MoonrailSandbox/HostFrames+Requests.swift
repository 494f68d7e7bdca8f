import MoonrailCore

extension HostFrames {
    /// The LOAD frame of `program`.
    ///
    /// - Throws: `loadFailed` when script, libraries and inputs do not fit a frame.
    package static func load(_ program: FunctionProgram) throws(HostError) -> [UInt8] {
        let limits = program.limits
        let textBytes =
            program.libraries.reduce(program.source.count + program.inputs.count) {
                $0 + $1.source.count + $1.name.utf8.count
            }
        var frame = start(.load, bodyBytes: textBytes + 1_024)
        frame.appendLittleEndian(limits.memoryBytes)
        frame.appendLittleEndian(UInt32(clamping: limits.eventTime.wholeMilliseconds))
        frame.appendLittleEndian(UInt32(clamping: limits.loadTime.wholeMilliseconds))
        frame.appendLittleEndian(UInt32(clamping: limits.answerAfter.wholeMilliseconds))
        frame.appendLittleEndian(limits.emissions)
        frame.appendLittleEndian(limits.emissionBytes)
        frame.appendLittleEndian(limits.outputBytes)
        frame.appendLittleEndian(limits.nesting)
        frame.appendLittleEndian(limits.logLines)
        frame.appendLittleEndian(limits.logBytes)
        frame.appendLittleEndian(limits.stateBytes)
        frame.appendLittleEndian(program.partition)
        frame.appendText(program.function.text)
        frame.appendText(program.file)
        frame.appendText(program.source)
        frame.appendText(program.inputs)
        frame.appendLittleEndian(UInt32(program.outputs.count))
        for output in program.outputs { frame.appendText(output.text) }
        frame.appendLittleEndian(UInt32(program.libraries.count))
        for library in program.libraries {
            frame.appendText(library.name)
            frame.appendText(library.source)
        }
        guard frame.count - lengthBytes <= Bounds.frameBytes else {
            throw .loadFailed(
                FunctionFault(
                    kind: .raised,
                    message: "\(program.file): with its libraries and inputs it has "
                        + "\(frame.count) bytes; \(Bounds.frameBytes) is the most"))
        }
        finish(&frame)
        return frame
    }

    /// The RUN frame of the events of `range`: their records are copied whole, none is looked into.
    ///
    /// The bounds of a batch keep it far below the bound of a frame.
    ///
    /// - Parameter isTimed: whether the reply is to tell how long each event takes.
    package static func run(
        _ batch: LaneBatch, range: Range<Int>, isTimed: Bool = false
    ) -> [UInt8] {
        events(batch, range: range, .run, isTimed: isTimed)
    }

    /// The PREPARE frame of the events of `range`, as `run` makes its.
    package static func prepare(_ batch: LaneBatch, range: Range<Int>) -> [UInt8] {
        events(batch, range: range, .prepare, isTimed: false)
    }

    /// The RUN PREPARED frame with what was answered to the keys that were asked for.
    ///
    /// - Parameter timers: of a function that has some, which of them may fire.
    package static func runPrepared(
        _ keys: [[UInt8]], _ answers: StateAnswers, _ timers: TimerOrders = .none,
        isTimed: Bool = false
    ) -> [UInt8] {
        var frame = start(.runPrepared, bodyBytes: 12)
        if isTimed { setTimed(&frame) }
        frame.appendLittleEndian(answers.keysLeft)
        frame.appendLittleEndian(UInt32(keys.count + timers.values.count))
        for (key, answer) in zip(keys, answers.answers) { append(answer, of: key, to: &frame) }
        for (key, value) in timers.values { append(.value(value), of: key, to: &frame) }
        switch timers {
        case .none: break
        case .noneFire: append(nil, to: &frame)
        case .due(let due): append(due, to: &frame)
        }
        finish(&frame)
        return frame
    }

    private static func append(
        _ answer: StateAnswers.Answer, of key: [UInt8], to frame: inout [UInt8]
    ) {
        frame.appendText(key)
        switch answer {
        case .none:
            frame.append(0)
            frame.appendText([])
        case .value(let value):
            frame.append(1)
            frame.appendText(value.encoded)
        case .refused(let reason):
            frame.append(2)
            frame.appendText(reason)
        }
    }

    /// - Parameter due: nil where nothing is to fire.
    private static func append(_ due: DueTimers?, to frame: inout [UInt8]) {
        frame.appendLittleEndian(due?.watermark.reached?.microseconds ?? Int64.min)
        frame.appendLittleEndian(due?.watermark.delay ?? 0)
        frame.appendLittleEndian(UInt32(due?.firings ?? 0))
        frame.append(due?.isCut == true ? 1 : 0)
        frame.appendLittleEndian(UInt32(due?.timers.count ?? 0))
        for timer in due?.timers ?? [] {
            frame.appendLittleEndian(timer.timer.time.microseconds)
            frame.appendText(timer.key)
            frame.appendText(timer.timer.name)
        }
        frame.append(due?.isTick == true ? 1 : 0)
        frame.appendLittleEndian(UInt32(due?.stopped.count ?? 0))
        for stopped in due?.stopped ?? [] { append(stopped, to: &frame) }
    }

    private static func append(_ stopped: StoppedFiring, to frame: inout [UInt8]) {
        frame.appendLittleEndian(UInt32(stopped.event))
        switch stopped.which {
        case .number(let number):
            frame.appendLittleEndian(UInt32(number))
            frame.appendLittleEndian(Int64(0))
            frame.appendText([])
            frame.appendText([])
        case .timer(let timer):
            frame.appendLittleEndian(UInt32(0))
            frame.appendLittleEndian(timer.timer.time.microseconds)
            frame.appendText(timer.key)
            frame.appendText(timer.timer.name)
        }
    }

    private static func events(
        _ batch: LaneBatch, range: Range<Int>, _ kind: Kind, isTimed: Bool
    ) -> [UInt8] {
        var stations: [String] = []
        var bodyBytes = 8
        batch.forEachPart(in: range) { number, local, _ in
            let part = batch.parts[number]
            stations.append(part.station.text)
            bodyBytes += 4 + part.station.text.utf8.count
            bodyBytes += local.count * eventPrefixBytes + part.records.bytes(of: local).count
        }
        precondition(bodyBytes + headerBytes <= Bounds.frameBytes, "a batch does not fit a frame")

        var frame = start(kind, bodyBytes: bodyBytes)
        frame.appendLittleEndian(UInt32(stations.count))
        for station in stations { frame.appendText(station) }
        frame.appendLittleEndian(UInt32(range.count))
        var index: UInt32 = 0
        batch.forEachPart(in: range) { number, local, _ in
            let part = batch.parts[number]
            let bytes = local.count * eventPrefixBytes + part.records.bytes(of: local).count
            frame.append(bytes: bytes) { writer in
                writeEvents(local, of: part, station: index, to: &writer)
            }
            index += 1
        }
        if isTimed { setTimed(&frame) }
        finish(&frame)
        return frame
    }

    /// Station index, zero, offset: what stands in front of each record.
    private static let eventPrefixBytes = 16

    /// Copies the records of one part, each behind its station and offset.
    private static func writeEvents(
        _ local: Range<Int>, of part: StoredEvents, station: UInt32, to writer: inout ByteWriter
    ) {
        part.records.bytes.withUnsafeBytes { bytes in
            for event in local {
                let start = part.records.starts[event]
                writer.put(UInt64(station))
                writer.put(part.offsets[event])
                writer.put(
                    bytes.part(start, Int(bytes.littleEndian(UInt32.self, at: start)) + 4))
            }
        }
    }
}

/// What a host is told of timers for a run.
package enum TimerOrders: Sendable {
    /// The function has no timers.
    case none
    /// It has some, and none of them is to fire.
    case noneFire
    case due(DueTimers)

    fileprivate var values: [(key: [UInt8], value: StateValue)] {
        if case .due(let due) = self { due.values } else { [] }
    }
}

extension EventRecords {
    /// The place in `bytes` of the records of a range that is not empty.
    fileprivate func bytes(of range: Range<Int>) -> Range<Int> {
        let end = range.upperBound == count ? bytes.count : starts[range.upperBound]
        return starts[range.lowerBound]..<end
    }
}
