package import Debian
package import HTTPTransport

extension TransportConfiguration {
    /// How package archives are reached: through the proxies that the host's apt has, where it has some, and with less
    /// patience than a registry gets, since a mirror that does not answer can be replaced by another.
    /// - Parameter apt: the host's settings, which go before the environment's as they do in apt itself.
    /// - Throws: ``HTTPTransportError/invalidProxy(variable:)``.
    package func forArchives(apt: AptConfiguration) throws -> TransportConfiguration {
        var out = self
        out.connectTimeout = min(connectTimeout, .seconds(10))
        out.idleTimeout = min(idleTimeout, .seconds(15))
        out.retry.attempts = min(retry.attempts, 3)
        out.retry.connectAttempts = min(retry.connectAttempts, 2)
        for scheme in ["http", "https"] {
            let (all, hosts) = apt.proxies(scheme)
            let name = "Acquire::\(scheme)::Proxy"
            if let all {
                let proxy = all == "DIRECT" ? nil : try ProxySettings.Proxy(parsing: all, name: name)
                if scheme == "http" { out.proxies.http = proxy } else { out.proxies.https = proxy }
            }
            for (host, text) in hosts {
                out.proxies.hosts["\(scheme)://\(host)"] = .some(
                    text == "DIRECT" ? nil : try ProxySettings.Proxy(parsing: text, name: name + "::" + host))
            }
        }
        return out
    }
}
