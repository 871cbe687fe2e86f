// https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3

/// How often and after what pause a failed request is tried again.
package struct RetryPolicy: Sendable {
    /// Tries in all, the first included.
    package var attempts = 6
    /// Tries in all when no connection could be made (refused, unknown host): that rarely heals.
    package var connectAttempts = 3
    /// The pause before the second try; it doubles from try to try.
    package var base: Duration = .milliseconds(250)
    /// No pause of ours is longer.
    package var ceiling: Duration = .seconds(10)
    /// A server that asks for a longer pause than that is not waited for.
    package var longestRetryAfter: Duration = .seconds(60)

    package init() {}

    /// One try and no more.
    package static var never: RetryPolicy {
        var policy = RetryPolicy()
        policy.attempts = 1
        policy.connectAttempts = 1
        return policy
    }

    /// The statuses that may pass with time.
    package static func isTransient(status: Int) -> Bool {
        switch status {
        case 408, 425, 429, 500, 502, 503, 504: true
        default: false
        }
    }

    /// The pause after a failed try, or nil when there shall be no other.
    /// - Parameters:
    ///   - attempt: the number of the try that failed, from 1.
    ///   - limit: tries in all.
    ///   - retryAfter: what the server asked for.
    ///   - jitter: a number in 0...1 that spreads clients which failed together; half of the pause depends on it.
    package func pause(afterAttempt attempt: Int, limit: Int, retryAfter: Duration?, jitter: Double) -> Duration? {
        guard attempt < limit else { return nil }
        if let retryAfter {
            return retryAfter <= longestRetryAfter ? max(retryAfter, .zero) : nil
        }
        let doubled = base * (1 << min(max(attempt - 1, 0), 20))
        let pause = min(doubled, ceiling)
        return pause / 2 + pause / 2 * min(max(jitter, 0), 1)
    }

    /// Reads `Retry-After`: seconds or a date.
    /// - Parameter now: seconds since 1970.
    package static func retryAfter(_ value: String?, now: Int64) -> Duration? {
        guard let value else { return nil }
        if !value.isEmpty, value.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) {
            return .seconds(min(Int64(value) ?? Int64(Int32.max), Int64(Int32.max)))
        }
        return HTTPDate.seconds(value).map { .seconds(max(0, $0 - now)) }
    }
}

/// Told to whoever shows progress when a request is about to be tried again.
package struct RetryNotice: Sendable {
    /// The server.
    package var host: String
    /// The number of the coming try, from 2.
    package var attempt: Int
    package var pause: Duration
    package var reason: Reason

    package enum Reason: Sendable {
        case status(Int)
        case failure(HTTPTransportError)
    }
}
