import CUV

/// Calls back on the loop while a descriptor of another library is readable (an eventfd of librdkafka, say).
/// Loop thread only. The descriptor stays the caller's, who closes it after ``cancel()``.
public final class DescriptorWatch {
  private let watch = UnsafeMutablePointer<uv_poll_t>.allocateHandle()
  private let action: () -> Void
  private var isOpen = true

  public init(loop: EventLoop, descriptor: Int32, _ action: @escaping () -> Void) throws(UVError) {
    loop.preconditionCurrent()
    self.action = action
    let code = uv_poll_init(loop.loop, watch, descriptor)
    guard code == 0 else {
      watch.deallocate()
      isOpen = false
      throw UVError(code: code, operation: "watch descriptor \(descriptor)")
    }
    watch.retainOwner(self)
    uv_poll_start(watch, Int32(UV_READABLE.rawValue)) { handle, _, _ in
      owner(handle!.pointee.data, as: DescriptorWatch.self).action()
    }
  }

  public func cancel() {
    guard isOpen else { return }
    isOpen = false
    watch.closeHandle()
  }
}
