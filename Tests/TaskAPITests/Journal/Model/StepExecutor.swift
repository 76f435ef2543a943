import Glibc

/// Runs tasks on the thread that asks for it and nowhere else, so that a program of tasks takes the same course each time.
final class StepExecutor: TaskExecutor, @unchecked Sendable {
  // @unchecked: only the thread that made it touches it, which `enqueue` checks.
  private let thread = pthread_self()
  private var jobs: [UnownedJob] = []

  func enqueue(_ job: consuming ExecutorJob) {
    preconditionCurrent()
    jobs.append(UnownedJob(job))
  }

  /// Goes on until every task is suspended.
  func runToQuiescence() {
    var next = 0
    while next < jobs.count {
      jobs[next].runSynchronously(on: asUnownedTaskExecutor())
      next += 1
    }
    jobs.removeAll(keepingCapacity: true)
  }

  func preconditionCurrent() {
    precondition(pthread_equal(thread, pthread_self()) != 0, "a task under the explorer has left for another thread")
  }
}
