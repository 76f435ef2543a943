import CUV

/// Calls back on the loop for each arrival of a POSIX signal. Loop thread only; does not keep the loop from ending.
public final class SignalWatch {
  private let watch = UnsafeMutablePointer<uv_signal_t>.allocateHandle()
  private let action: () -> Void
  private var isOpen = true

  public init(loop: EventLoop, signal: Int32, _ action: @escaping () -> Void) throws(UVError) {
    loop.preconditionCurrent()
    self.action = action
    uv_signal_init(loop.loop, watch)
    watch.retainOwner(self)
    let code = uv_signal_start(
      watch, { handle, _ in owner(handle!.pointee.data, as: SignalWatch.self).action() }, signal)
    uv_unref(watch.handle)
    if code < 0 {
      cancel()
      throw UVError(code: code, operation: "watch signal \(signal)")
    }
  }

  public func cancel() {
    guard isOpen else { return }
    isOpen = false
    watch.closeHandle()
  }
}
