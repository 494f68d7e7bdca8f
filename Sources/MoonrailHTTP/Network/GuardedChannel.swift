import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOSSL

/// Sets connections from the network up: TLS, HTTP/1.1, and the guard before whoever answers.
struct GuardedChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let connections: ConnectionCount
    /// Nil for connections in the clear.
    let certificates: ServerCertificates?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let place = connections.take()
        channel.closeFuture.whenComplete { [connections] _ in connections.giveBack() }
        return channel.eventLoop.makeCompletedFuture {
            guard place != .none else { throw ChannelError.ioOnClosedChannel }
            let pipeline = channel.pipeline.syncOperations
            if let certificates {
                try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context))
            }
            let requests = RequestGuard(refusal: place == .refusal ? .tooManyConnections : nil)
            try pipeline.addHandler(ByteTap(requests))
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false,
                withOutboundHeaderValidation: false, withEncoderConfiguration: .init(),
                withDecoderLimitConfiguration: Self.decoderLimits)
            try pipeline.addHandler(requests)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: certificates != nil))
            // It ends idle connections of a server that leaves; time is the guard's.
            try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: nil, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel,
                configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async {
        await handleHTTP(asyncChannel: value, logger: logger)
    }

    private static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = NetworkBounds.lineBytes
        limits.maxHeaderListSize = NetworkBounds.headBytes
        limits.maxHeaderFieldCount = NetworkBounds.headLines
        return limits
    }
}
