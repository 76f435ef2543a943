import Foundation
import Synchronization

/// What callers were told, to be held against what is there afterwards.
final class Ledger: Sendable {
  private struct State {
    var operations: [String: Operation] = [:]
    var surprises: [String] = []
  }
  private let state = Mutex(State())

  /// Notes an operation, or what has become of it since.
  func note(_ operation: Operation) { state.withLock { $0.operations[operation.mark] = operation } }

  /// Notes an answer that no caller should get.
  func note(surprise: String) { state.withLock { $0.surprises.append(surprise) } }

  /// By their invocation.
  var operations: [Operation] { state.withLock { Array($0.operations.values) }.sorted { $0.invoked < $1.invoked } }
  var surprises: [String] { state.withLock { $0.surprises } }

  /// Writes all of it to a file, an operation a line.
  func write(to path: String) throws {
    let all = operations
    let start = all.first?.invoked ?? .now
    let lines = all.map { "\(start.duration(to: $0.invoked)) \($0.owner) \($0.task ?? "-") \($0)" }
    try (lines + surprises).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
  }
}

/// How many writes ended how.
struct LedgerCounts: CustomStringConvertible {
  var acknowledged = 0
  /// Their callers were told that they may have been stored, and got a certain answer by a repeat.
  var settledDoubts = 0
  var refused = 0
  var inDoubt = 0
  /// 404 and 412.
  var declined = 0
  var reads = 0

  init(_ operations: [Operation]) {
    for operation in operations {
      guard operation.isWrite else {
        reads += 1
        continue
      }
      switch operation.outcome {
      case .done: acknowledged += 1
      case .conflict, .missing: declined += 1
      case .refused: refused += 1
      case .inDoubt: inDoubt += 1
      }
      if operation.wasInDoubt, operation.outcome != .inDoubt { settledDoubts += 1 }
    }
  }

  var description: String {
    """
    \(acknowledged) writes acknowledged, \(declined) declined, \(refused) refused, \(inDoubt) in doubt at the end, \
    \(settledDoubts) in doubt and settled by a repeat; \(reads) reads
    """
  }
}
