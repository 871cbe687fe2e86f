internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
private import Synchronization

/// One request over TLS on a connection that somebody else made.
package enum SocketExchange {
    /// Sends bytes and collects what comes back. Blocks; must not be called on an event loop.
    ///
    /// The server's certificate is not looked at: this is for programs that were only just started, in a network of
    /// their own, with a certificate that nobody has reason to trust.
    /// - Parameters:
    ///   - connection: a descriptor, which stays open and must not be used afterwards.
    ///   - host: the name that is asked for; addresses are not sent.
    ///   - seconds: for all of it.
    ///   - isEnough: whether no more has to come; asked after every piece with all that came.
    /// - Returns: what came before the end, before enough was there, or in time; empty when TLS could not be spoken.
    package static func exchange(
        _ request: [UInt8], over connection: Int32, host: String, seconds: Int,
        isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) -> [UInt8] {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        let isAddress = host.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2e || $0 == 0x3a }
        guard let context = try? NIOSSLContext(configuration: configuration) else { return [] }
        let copy = fcntl(connection, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return [] }
        let collected = Collected()
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandlers(
                    NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host),
                    ExchangeHandler(request: request, collected: collected, isEnough: isEnough))
            }
        }
        // The channel owns the copy, and closes it whatever happens.
        guard let channel = try? bootstrap.withConnectedSocket(copy).wait() else { return [] }
        let limit = channel.eventLoop.scheduleTask(in: .seconds(Int64(max(1, seconds)))) {
            channel.close(promise: nil)
        }
        try? channel.closeFuture.wait()
        limit.cancel()
        return collected.bytes
    }

    /// What came so far.
    fileprivate final class Collected: Sendable {
        private let state = Mutex<[UInt8]>([])

        var bytes: [UInt8] { state.withLock { $0 } }

        /// - Returns: all of it.
        func add(_ piece: ByteBuffer) -> [UInt8] {
            state.withLock { bytes in
                bytes += piece.readableBytesView
                return bytes
            }
        }
    }
}

/// Sends the request, which the handler of TLS keeps back until its handshake is done, and closes when enough came.
private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let request: [UInt8]
    private let collected: SocketExchange.Collected
    private let isEnough: @Sendable ([UInt8]) -> Bool

    init(
        request: [UInt8], collected: SocketExchange.Collected, isEnough: @escaping @Sendable ([UInt8]) -> Bool
    ) {
        self.request = request
        self.collected = collected
        self.isEnough = isEnough
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: request)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isEnough(collected.add(unwrapInboundIn(data))) { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
