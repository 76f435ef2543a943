import CUV

/// A timer with a resolution of 1 ms. Loop thread only; it keeps itself until it has fired (one-shot) or is cancelled.
public final class LoopTimer {
  private let timer = UnsafeMutablePointer<uv_timer_t>.allocateHandle()
  private let action: () -> Void
  private let repeats: Bool
  private var isOpen = true

  @discardableResult
  public init(loop: EventLoop, after delay: Duration, repeating: Bool = false, _ action: @escaping () -> Void) {
    loop.preconditionCurrent()
    self.action = action
    repeats = repeating
    uv_timer_init(loop.loop, timer)
    timer.retainOwner(self)
    let milliseconds = UInt64(max(0, delay.wholeMilliseconds))
    uv_update_time(loop.loop)
    uv_timer_start(
      timer,
      { handle in
        let timer = owner(handle!.pointee.data, as: LoopTimer.self)
        if !timer.repeats { timer.cancel() }
        timer.action()
      }, milliseconds, repeating ? max(1, milliseconds) : 0)
  }

  public func cancel() {
    guard isOpen else { return }
    isOpen = false
    timer.closeHandle()
  }
}
