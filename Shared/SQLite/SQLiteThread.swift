/// A thread on which an actor and its ``Connection`` live, so that SQLite's blocking calls never run on an event loop.
///
///     actor Store {
///       nonisolated let thread: SQLiteThread
///       nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
///       private let connection: Connection
///     }
///
/// The thread ends once the last reference is gone and everything handed to it has run.
public final class SQLiteThread: SerialExecutor {
  private let queue = WorkQueue<Work>()

  private enum Work: Sendable {
    case job(UnownedJob, UnownedSerialExecutor)
    case call(@Sendable () -> Void)
  }

  /// `name` is seen in `top -H` (15 characters).
  public init(name: String) {
    startThread(name: name) { [queue] in
      while let work = queue.pop() {
        switch work {
        case .job(let job, let executor): job.runSynchronously(on: executor)
        case .call(let body): body()
        }
      }
    }
  }

  deinit { queue.close() }

  public func enqueue(_ job: consuming ExecutorJob) {
    queue.push(.job(UnownedJob(job), asUnownedSerialExecutor()))
  }

  /// Runs `body` on the thread and returns what it returns, for those who need no actor.
  public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.push(.call { continuation.resume(with: Result(catching: body)) })
    }
  }
}
