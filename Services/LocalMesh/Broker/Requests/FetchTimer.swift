import EventLoop

/// Ends the waiting of one fetch when its time is up. Loop thread only.
final class FetchTimer: @unchecked Sendable {
  // @unchecked: a fetch runs on its connection's loop, which is the timer's.
  private var timer: LoopTimer?
  private(set) var isOver = false
  /// What the fetch waits for at the moment.
  var signal: AppendSignal?

  init(loop: EventLoop, milliseconds: Int32) {
    timer = LoopTimer(loop: loop, after: .milliseconds(Int64(milliseconds))) { [weak self] in
      self?.isOver = true
      self?.signal?.fire()
    }
  }

  func cancel() { timer?.cancel() }
}
