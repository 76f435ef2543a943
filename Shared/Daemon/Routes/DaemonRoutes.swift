import HTTP2Transport

/// What a daemon serves beside `/healthz`, `/readyz` and `/metrics`.
public struct DaemonRoutes: Sendable {
  /// What only the sidecar may call: invocations, deliveries, bindings, `/dapr/…`.
  public var sidecar: any HTTPService
  /// The paths of ``sidecar``, each with all below it; `/` for all that there are.
  public var sidecarPaths: [String]
  /// What everyone may call; its own routes check who comes.
  public var everyone: (any HTTPService)?

  /// A daemon that only its sidecar calls.
  public init(sidecar: some HTTPService) {
    self.sidecar = sidecar
    sidecarPaths = ["/"]
  }

  /// A daemon that serves everyone, but `sidecarPaths` to its sidecar alone.
  public init(everyone: some HTTPService, sidecar: some HTTPService, under sidecarPaths: [String]) {
    self.everyone = everyone
    self.sidecar = sidecar
    self.sidecarPaths = sidecarPaths
  }

  func isForSidecar(_ path: Substring) -> Bool {
    sidecarPaths.contains { root in
      root == "/" || path == root || (path.hasPrefix(root) && path.dropFirst(root.count).first == "/")
    }
  }
}
