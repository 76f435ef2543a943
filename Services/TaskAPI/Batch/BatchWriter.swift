import HTTP2Transport
import TaskModel

/// Carries out the operations of a batch, each by itself. Those of one task go in their order, all others together.
struct BatchWriter: Sendable {
  let writer: TaskWriter

  /// What waits at once, of however many: a write that waits too long is refused.
  private static let maximumTogether = BatchRequest.maximumOperations

  typealias Results = [Result<WriteOutcome, Problem>]

  func run(
    _ operations: [Result<BatchOperation, Problem>], owner: String, repeatable: Repeatable?
  ) async throws(Problem) -> Results {
    guard let repeatable else { return await perform(operations, owner, { _ in nil }) }
    return try await writer.locks.withLock([repeatable.stateKey]) { () async throws(Problem) in
      try await check(repeatable, operations.count, owner)
      return await perform(operations, owner) { repeatable.operation($0) }
    }
  }

  /// 422 when any operation was recorded under this key for another request: then nothing is done.
  private func check(_ repeatable: Repeatable, _ count: Int, _ owner: String) async throws(Problem) {
    let keys = [repeatable.stateKey] + (0..<max(count, 1)).map { repeatable.operation($0).stateKey }
    for start in stride(from: 0, to: keys.count, by: 64) {
      let entries = try await writer.tasks.entries(Array(keys[start..<min(start + 64, keys.count)]))
      for entry in entries.values { _ = try repeatable.outcome(in: entry, owner: owner) }
    }
  }

  private func perform(
    _ operations: [Result<BatchOperation, Problem>], _ owner: String,
    _ repeatable: @escaping @Sendable (Int) -> Repeatable?
  ) async -> Results {
    var lanes: [String: [Int]] = [:]
    for (index, operation) in operations.enumerated() {
      lanes[(try? operation.get())?.id ?? "new \(index)", default: []].append(index)
    }
    return await withTaskGroup(of: [(Int, Result<WriteOutcome, Problem>)].self) { group in
      var results = Results(repeating: .failure(.notFound), count: operations.count)
      var running = 0
      for lane in lanes.values.sorted(by: { $0[0] < $1[0] }) {
        if running < Self.maximumTogether {
          running += 1
        } else if let ended = await group.next() {
          for (index, result) in ended { results[index] = result }
        }
        group.addTask {
          var results: [(Int, Result<WriteOutcome, Problem>)] = []
          for index in lane { results.append((index, await one(operations[index], owner, repeatable(index)))) }
          return results
        }
      }
      for await ended in group { for (index, result) in ended { results[index] = result } }
      return results
    }
  }

  private func one(
    _ operation: Result<BatchOperation, Problem>, _ owner: String, _ repeatable: Repeatable?
  ) async -> Result<WriteOutcome, Problem> {
    do throws(Problem) {
      let operation = try operation.get()
      return .success(
        try await writer.run(
          operation.change, id: operation.id, owner: owner, repeatable: repeatable, status: operation.status,
          isBulk: true))
    } catch {
      return .failure(error)
    }
  }
}
