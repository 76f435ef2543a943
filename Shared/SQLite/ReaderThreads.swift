/// Threads that read beside a writer, each with a reader of its own (a ``Connection``, or what wraps one).
///
/// The threads end once the last reference is gone and every read handed in has run.
public final class ReaderThreads<Reader>: Sendable {
  private let queue = WorkQueue<@Sendable (Reader) -> Void>()

  /// Starts `count` threads and has each make its reader there; throws what the first `make` that fails throws.
  public init(count: Int, name: String, _ make: @escaping @Sendable () throws -> Reader) async throws {
    precondition(count > 0, "a reader needs a thread")
    do {
      for index in 0..<count { try await start("\(name)-\(index)", make) }
    } catch {
      queue.close()
      throw error
    }
  }

  deinit { queue.close() }

  private func start(_ name: String, _ make: @escaping @Sendable () throws -> Reader) async throws {
    try await withCheckedThrowingContinuation { (started: CheckedContinuation<Void, any Error>) in
      startThread(name: name) { [queue] in
        let reader: Reader
        do { reader = try make() } catch { return started.resume(throwing: error) }
        started.resume()
        while let read = queue.pop() { read(reader) }
      }
    }
  }

  /// Runs `body` with the reader of the first thread that is free. A caller cancelled before its turn gets `CancellationError`.
  public func read<Value: Sendable>(_ body: @escaping @Sendable (Reader) throws -> Value) async throws -> Value {
    let isCancelled = CancelFlag()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        queue.push { reader in
          continuation.resume(
            with: Result {
              if isCancelled.isSet { throw CancellationError() }
              return try body(reader)
            })
        }
      }
    } onCancel: {
      isCancelled.set()
    }
  }
}
