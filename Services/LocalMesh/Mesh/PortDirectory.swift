import Synchronization

/// Finds a replica's sidecar by its name, for the others.
final class PortDirectory: Sendable {
  private let ports = Mutex<[String: SidecarPort]>([:])

  func add(_ name: String, _ port: SidecarPort) { ports.withLock { $0[name] = port } }

  func isUp(_ name: String) -> Bool { ports.withLock { $0[name] }?.isUp ?? false }

  /// Ends a sidecar and starts it again a second later, as an orchestrator would with daprd's process.
  func restart(_ name: String) {
    guard let port = ports.withLock({ $0[name] }) else { return }
    Task {
      // The answer to the request that asked for it goes out first.
      try? await Task.sleep(for: .milliseconds(10))
      await port.close()
      try? await Task.sleep(for: .seconds(1))
      try? await port.open()
    }
  }
}
