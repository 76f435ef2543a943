import Foundation
import Glibc
import Synchronization

/// A port offset that no other mesh on this machine has, of this run or of another one, for as long as this object lives.
final class PortRange: Sendable {
  /// A mesh takes a few ports behind each of 3500, 8080 and 9092. Within 1,000 these never meet, and all lie below the ports
  /// that Linux hands out for outgoing connections.
  private static let lowest = 10_000
  private static let step = 10
  private static let count = 100
  /// Replica k listens at its port + 100·k.
  private static let replicaStep = 100

  private static let next = Atomic<Int>(Int(getpid()) % count)

  let offset: Int
  private let locks: [Int32]

  /// - Parameter replicas: the most that any daemon has.
  init(replicas: Int = 1) throws {
    let folder = NSTemporaryDirectory() + "taskmesh-ports"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // A port that was just closed is not taken again at once.
    let first = Self.next.add(1, ordering: .relaxed).oldValue
    for slot in (0..<Self.count).map({ (first + $0) % Self.count }) {
      let offset = Self.lowest + slot * Self.step
      let wanted = (0..<replicas).map { offset + $0 * Self.replicaStep }
      if let locks = Self.lock(wanted, in: folder) {
        (self.offset, self.locks) = (offset, locks)
        return
      }
    }
    throw NeverHeld(description: "no ports are left: \(Self.count) meshes run on this machine")
  }

  deinit { for lock in locks { close(lock) } }

  private static func lock(_ offsets: [Int], in folder: String) -> [Int32]? {
    var locks: [Int32] = []
    for offset in offsets {
      let file = open("\(folder)/\(offset)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      if file >= 0 { locks.append(file) }
      guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else {
        for lock in locks { close(lock) }
        return nil
      }
    }
    return locks
  }
}
