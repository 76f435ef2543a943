import CUV
import Glibc
import Synchronization

/// Something with output to write at the end of a loop's turn.
public protocol Flushable: AnyObject {
  /// Called once a turn on the loop's thread after ``EventLoop/flushAtTurnEnd(_:)``.
  func flush()
}

/// A libuv loop on a thread of its own, and the executor of the tasks and actors that live on it.
///
/// Everything that belongs to the loop (connections, timers, watched descriptors) is a plain object that only its thread
/// touches. A task started with `Task.immediate(executorPreference: loop)` from a callback runs on that thread up to its first
/// suspension and resumes there. Nothing on the loop may block.
public final class EventLoop: TaskExecutor, SerialExecutor, @unchecked Sendable {
  // @unchecked: what other threads touch is `thread`, `remote` and the wake handle, each safe for that;
  // all else is touched by the loop's thread alone, which `preconditionCurrent` and the executor contract uphold.
  let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<uv_async_t>.allocateHandle()
  private let prepare = UnsafeMutablePointer<uv_prepare_t>.allocateHandle()
  private let check = UnsafeMutablePointer<uv_check_t>.allocateHandle()
  private let thread = Atomic<UInt>(0)
  private let remote = Mutex<Remote>(Remote())

  private var jobs: [UnownedJob] = []
  private var runningJobs: [UnownedJob] = []
  private var dirty: [any Flushable] = []
  private var flushing: [any Flushable] = []

  /// Coarse deadlines of everything on this loop. Loop thread only.
  public private(set) lazy var deadlines = DeadlineWheel(loop: self)
  /// One output buffer that flushes share, since one runs at a time. Loop thread only.
  public let output = OutputBuffer()
  let readBuffer = UnsafeMutablePointer<CChar>.allocate(capacity: EventLoop.readSize)
  static let readSize = 64 * 1024

  private struct Remote {
    var jobs: [UnownedJob] = []
    var calls: [@Sendable () -> Void] = []
    var isEmpty: Bool { jobs.isEmpty && calls.isEmpty }
  }

  /// Starts the loop's thread. `name` is seen in `top -H` (15 characters).
  public init(name: String) {
    signal(SIGPIPE, SIG_IGN)  // libuv writes without MSG_NOSIGNAL: a reset peer would end the process
    precondition(uv_loop_init(loop) == 0, "no event loop: out of descriptors or memory")
    let me = Unmanaged.passUnretained(self).toOpaque()
    uv_async_init(loop, wake) { owner($0!.pointee.data, as: EventLoop.self).takeRemote() }
    uv_prepare_init(loop, prepare)
    uv_prepare_start(prepare) { owner($0!.pointee.data, as: EventLoop.self).settle() }
    uv_check_init(loop, check)
    uv_check_start(check) { owner($0!.pointee.data, as: EventLoop.self).settle() }
    for handle in [wake.handle, prepare.handle, check.handle] { handle.pointee.data = me }
    LoopThread.start(name: name) { self.run() }
    while thread.load(ordering: .acquiring) == 0 { sched_yield() }
  }

  deinit {
    loop.deallocate()
    wake.deallocate()
    prepare.deallocate()
    check.deallocate()
    readBuffer.deallocate()
  }

  private func run() {
    thread.store(UInt(pthread_self()), ordering: .releasing)
    LoopThread.bind(self)
    uv_run(loop, UV_RUN_DEFAULT)
    uv_loop_close(loop)
  }

  /// The loop whose thread this is, if any.
  public static var current: EventLoop? { LoopThread.current }

  public var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

  public func preconditionCurrent() { precondition(isCurrent, "called off the event loop's thread") }

  /// Runs `body` on the loop's thread, soon. Any thread may call.
  public func execute(_ body: @escaping @Sendable () -> Void) {
    post { $0.calls.append(body) }
  }

  /// Runs `body` on the loop's thread and returns what it returns.
  public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      execute { continuation.resume(with: Result(catching: body)) }
    }
  }

  /// Has `flushable` flushed once at the end of this turn. Loop thread only.
  public func flushAtTurnEnd(_ flushable: any Flushable) { dirty.append(flushable) }

  /// Ends the thread as soon as every connection, timer and watch of the loop is closed by its owner.
  public func stop() {
    execute {
      for handle in [self.wake.handle, self.prepare.handle, self.check.handle] { uv_close(handle, nil) }
    }
  }

  // The executor.

  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent { jobs.append(job) } else { post { $0.jobs.append(job) } }
  }

  public func isIsolatingCurrentContext() -> Bool? { isCurrent }
  public func checkIsolated() { preconditionCurrent() }

  private func post(_ change: (inout Remote) -> Void) {
    let wasEmpty = remote.withLock { remote in
      let wasEmpty = remote.isEmpty
      change(&remote)
      return wasEmpty
    }
    if wasEmpty { uv_async_send(wake) }
  }

  private func takeRemote() {
    let taken = remote.withLock { remote in
      let taken = remote
      remote = Remote()
      return taken
    }
    jobs.append(contentsOf: taken.jobs)
    for call in taken.calls { call() }
  }

  /// Runs what is ready, then writes every dirty connection once, and again while that made more work.
  /// Bounded, so that tasks which feed each other cannot keep sockets from being read.
  private func settle() {
    for _ in 0..<16 {
      if jobs.isEmpty && dirty.isEmpty { return }
      runJobs()
      swap(&dirty, &flushing)
      for flushable in flushing { flushable.flush() }
      flushing.removeAll(keepingCapacity: true)
    }
    if !jobs.isEmpty || !dirty.isEmpty { uv_async_send(wake) }
  }

  private func runJobs() {
    let executor = asUnownedTaskExecutor()
    for _ in 0..<16 where !jobs.isEmpty {
      swap(&jobs, &runningJobs)
      for job in runningJobs { job.runSynchronously(on: executor) }
      runningJobs.removeAll(keepingCapacity: true)
    }
  }
}
