import FoundationEssentials
import Logging
import MoonrailCore
import NIOCore
import NIOHTTP1

/// Stands between a connection and whoever answers its requests: lets nothing through that is
/// ambiguous, too large or too slow, and answers that with a problem document itself.
///
/// It lives on its connection's event loop.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Stage {
        case open
        /// No more requests are taken; when the answers that are owed are out, it ends: with an
        /// answer of its own, if there is something to say.
        case ending(Problem?)
        /// All is said. What still comes is thrown away.
        case left
    }

    private var stage: Stage
    /// This handler's place in the pipeline.
    private var own: ChannelHandlerContext?
    private var times: ConnectionTimes
    private var alarm: (at: ConnectionTimes.Instant, task: Scheduled<Void>)?
    /// Requests whose heads were passed on and whose answers have not ended.
    private var owed = 0
    /// Whether the head of an answer is out, and its end is not.
    private var isAnswering = false
    /// Whether a head was passed on, and the end of its request was not.
    private var isInRequest = false
    private var bodyBytes = 0
    private var hasCome = false
    /// Whether the answer that ends next is the last one.
    private var closesAfterAnswer = false

    /// - Parameter refusal: what to answer at once, whatever is asked.
    init(refusal: Problem? = nil) {
        stage = refusal.map { .ending($0) } ?? .open
        times = ConnectionTimes(opened: .now)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        own = context
        setAlarm(context)
        if context.channel.isActive { endIfNothingIsOwed(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        endIfNothingIsOwed(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        own = nil
        alarm?.task.cancel()
    }

    // MARK: What comes

    /// Bytes came, which are not decoded yet.
    func bytesCame() {
        hasCome = true
        times.bytesCame(at: .now)
        if let own { setAlarm(own) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard takesMore else { return }
        if let problem = fault(in: part) { return refuse(problem, context) }
        pass(part, context)
    }

    /// Whether what comes still counts: the last request that does is taken to its end.
    private var takesMore: Bool {
        switch stage {
        case .open: true
        case .ending(nil): isInRequest
        case .ending, .left: false
        }
    }

    private func pass(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head):
            if owed == 0, head.headers[canonicalForm: "expect"].contains("100-continue") {
                let goOn = HTTPResponseHead(version: .http1_1, status: .continue)
                context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
            }
            owed += 1
            isInRequest = true
            bodyBytes = 0
            times.headCame(at: .now)
            // After an upgrade the parser reads no further; nothing here is ever upgraded.
            if !head.isKeepAlive || head.headers.contains(name: "upgrade") {
                closesAfterAnswer = true
                stage = .ending(nil)
            }
        case .body(let bytes):
            bodyBytes += bytes.readableBytes
            times.bodyCame(bytes.readableBytes)
        case .end:
            isInRequest = false
            times.requestEnded()
        }
        context.fireChannelRead(wrapInboundOut(part))
    }

    private func fault(in part: HTTPServerRequestPart) -> Problem? {
        switch part {
        case .head(let head):
            owed < NetworkBounds.requestsInFlight ? RequestHead.fault(in: head) : .tooManyInFlight
        case .body(let bytes):
            bodyBytes + bytes.readableBytes <= NetworkBounds.bodyBytes
                ? nil : RequestHead.bodyTooLarge
        case .end: nil
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        times.waitEnded(at: .now)
        setAlarm(context)
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        times.waitBegan(at: .now)
        setAlarm(context)
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            // Of the connection itself: there is nobody to answer.
            context.fireErrorCaught(error)
            context.close(promise: nil)
            return
        }
        switch error {
        case .headerOverflow: refuse(.headTooLarge, context)
        case .invalidVersion: refuse(.versionNotSupported, context)
        default: refuse(.malformed, context)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .left = stage, let event = event as? ChannelEvent, event == .inputClosed {
            context.close(promise: nil)
            return
        }
        if event is ChannelShouldQuiesceEvent {
            times.leaving(at: .now)
            setAlarm(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        times.writable(context.channel.isWritable, at: .now)
        setAlarm(context)
        context.fireChannelWritabilityChanged()
    }

    // MARK: What goes

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {
        if case .left = stage {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.status.code >= 200 {
                isAnswering = true
                let options = head.headers[canonicalForm: "connection"]
                if options.contains(where: { $0.lowercased() == "close" }) {
                    closesAfterAnswer = true
                }
            }
            context.write(data, promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            isAnswering = false
            owed -= 1
            times.answerEnded(at: .now)
            context.write(data, promise: promise)
            answerEnded(context)
        }
    }

    private func answerEnded(_ context: ChannelHandlerContext) {
        // Without the rest of its request, the next one can't be found.
        if closesAfterAnswer, case .open = stage { stage = .ending(nil) }
        setAlarm(context)
        endIfNothingIsOwed(context)
    }

    // MARK: The end

    /// Ends the connection with a problem, when the answers before it are out.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard takesMore else { return }
        stage = .ending(problem)
        endIfNothingIsOwed(context)
        // A body whose end is missing must not be taken for one that has ended.
        if isInRequest { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
    }

    private func endIfNothingIsOwed(_ context: ChannelHandlerContext) {
        guard case .ending(let problem) = stage else { return }
        guard let problem else {
            if owed == 0 { leave(context) }
            return
        }
        // The request at fault is owed an answer, and gets this one instead, unless it had its own.
        let atFault = isInRequest ? 1 : 0
        guard owed <= atFault else { return }
        if isAnswering {
            // It is half answered: nobody may take that for all.
            stage = .left
            context.fireErrorCaught(HTTPParserError.invalidEOFState)
            context.close(promise: nil)
            return
        }
        guard owed == atFault else { return leave(context) }
        answer(problem, context)
        leave(context)
    }

    private func answer(_ problem: Problem, _ context: ChannelHandlerContext) {
        // Texts can always be written.
        let body = (try? JSONAnswer.document(of: problem)) ?? ByteBuffer()
        var headers = HTTPHeaders(
            AnswerHeaders.of(status: problem.status).map { ($0.name.canonicalName, $0.value) })
        headers.add(name: "content-type", value: Problem.mediaType)
        headers.add(name: "content-length", value: "\(body.readableBytes)")
        headers.add(name: "connection", value: "close")
        let head = HTTPResponseHead(
            version: .http1_1, status: .init(statusCode: problem.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Says that nothing more comes, and waits a little for the client to have read it: a
    /// connection that is closed while something of it is unread takes its last answer along.
    private func leave(_ context: ChannelHandlerContext) {
        stage = .left
        alarm?.task.cancel()
        context.flush()
        context.close(mode: .output, promise: nil)
        let farewell = TimeAmount(NetworkBounds.farewell)
        let ending = NIOLoopBound(context, eventLoop: context.eventLoop)
        alarm = (
            ContinuousClock.now + NetworkBounds.farewell,
            context.eventLoop.scheduleTask(in: farewell) { ending.value.close(promise: nil) }
        )
    }

    // MARK: Time

    /// Makes sure that it is looked at the clock when the client has taken too long.
    private func setAlarm(_ context: ChannelHandlerContext) {
        if case .left = stage { return }
        guard let deadline = times.deadline else { return }
        if let alarm, alarm.at <= deadline.at { return }
        alarm?.task.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let task = context.eventLoop.scheduleTask(
            in: TimeAmount(max(.zero, deadline.at - ContinuousClock.now))
        ) {
            let (handler, context) = bound.value
            handler.alarm = nil
            handler.lookAtClock(context)
        }
        alarm = (deadline.at, task)
    }

    private func lookAtClock(_ context: ChannelHandlerContext) {
        guard let deadline = times.deadline, deadline.at <= .now else { return setAlarm(context) }
        switch deadline.expiry {
        // Who never said anything is told nothing.
        case .head where !hasCome: leave(context)
        case .head: refuse(.headTooSlow, context)
        case .body: refuse(.bodyTooSlow, context)
        case .idle: leave(context)
        case .unread: context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension RequestGuard: Sendable {}

/// Tells the guard of bytes before they are decoded: a head that never ends is never decoded.
final class ByteTap: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let requests: RequestGuard

    init(_ requests: RequestGuard) {
        self.requests = requests
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requests.bytesCame()
        context.fireChannelRead(data)
    }
}

@available(*, unavailable)
extension ByteTap: Sendable {}
