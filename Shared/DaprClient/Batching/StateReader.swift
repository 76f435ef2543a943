/// Reads single keys of a state store, those that wait together by one bulk get.
public struct StateReader: Sendable {
  let batcher: Batcher<String, StateEntry?>

  public init(
    _ store: StateStore, limits: BatchLimits = BatchLimits(), executor: (any TaskExecutor)?,
    deadline: Duration = .seconds(5)
  ) {
    batcher = Batcher(limits: limits, executor: executor) { keys in
      do throws(DaprError) {
        let entries = try await store.get(all: keys, CallOptions(deadline: deadline))
        return keys.map { .success(entries[$0]) }
      } catch {
        return keys.map { _ in .failure(error) }
      }
    }
  }

  /// The value of a key, or nil when it is not there. Throws a ``DaprError``, ``BatchError`` or `CancellationError`.
  public func get(_ key: String, owner: String, isBulk: Bool = false) async throws -> StateEntry? {
    try await batcher.submit(key, owner: owner, octets: key.utf8.count + 4, isBulk: isBulk)
  }

  public func shutDown() async { await batcher.shutDown() }
}
