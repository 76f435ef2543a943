import Foundation
import Glibc
import Synchronization

/// Carries faults out, and counts those that bit.
struct FaultInjector: Sendable {
  let mesh: ChaosMesh
  private let bitten = Bitten()

  private final class Bitten: Sendable {
    let counts = Mutex<[Fault.Kind: Int]>([:])
  }

  init(_ mesh: ChaosMesh) { self.mesh = mesh }

  var counts: [Fault.Kind: Int] { bitten.counts.withLock { $0 } }

  /// One after another, each at its time. What is under way is ended when the task is cancelled.
  func run(_ entries: [FaultSchedule.Entry], from start: ContinuousClock.Instant) async throws {
    for entry in entries {
      do { try await Task.sleep(until: start + entry.at) } catch { return }
      say("\(start.duration(to: .now).components.seconds) s: \(entry.fault), for \(entry.lasts)")
      guard try await inject(entry.fault, lasting: entry.lasts) else { continue }
      bitten.counts.withLock { $0[entry.fault.kind, default: 0] += 1 }
    }
  }

  /// Whether there was anything to befall.
  private func inject(_ fault: Fault, lasting: Duration) async throws -> Bool {
    switch fault {
    case .kill(let daemon):
      guard let process = await mesh.process(of: daemon) else { return false }
      return kill(process, SIGKILL) == 0
    case .pause(let daemon):
      guard let process = await mesh.process(of: daemon) else { return false }
      return await pause(process, lasting)
    case .pauseMesh: return await pause(mesh.supervisor, lasting)
    case .closeSidecar(let replica): try await close("sidecar-\(replica)", lasting)
    case .closeBroker: try await close("broker", lasting)
    case .killUnpublished(let daemon):
      try mesh.faults.close("broker")
      try? await Task.sleep(for: .milliseconds(400))
      if let process = await mesh.process(of: daemon) { kill(process, SIGKILL) }
      try? await Task.sleep(for: lasting)
      try mesh.faults.open("broker")
    case .fillDisk:
      guard let disk = mesh.indexDisk else { return false }
      disk.fill()
      try? await Task.sleep(for: lasting)
      disk.empty()
    case .limitFiles:
      guard let process = await mesh.process(of: "search-indexer") else { return false }
      // Beyond the first pages of its files, so that every write ahead fails.
      guard FileSizeLimit.set(8 << 10, of: process) else { return false }
      try? await Task.sleep(for: lasting)
      FileSizeLimit.lift(of: process)
    case .stepClock(let daemon, let seconds): try mesh.setClock(of: daemon, wrongBy: seconds)
    case .killMesh: try await mesh.killAndStartAgain()
    }
    return true
  }

  private func pause(_ process: Int32, _ lasting: Duration) async -> Bool {
    guard kill(process, SIGSTOP) == 0 else { return false }
    try? await Task.sleep(for: lasting)
    return kill(process, SIGCONT) == 0
  }

  private func close(_ part: String, _ lasting: Duration) async throws {
    try mesh.faults.close(part)
    try? await Task.sleep(for: lasting)
    try mesh.faults.open(part)
  }
}
