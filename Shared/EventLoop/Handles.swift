import CUV

// A libuv handle is memory that must stay until uv_close has called back, so each is allocated by hand. Its `data`
// holds a retained reference to its Swift owner, which `close` releases in that callback: a handle never outlives its owner.

extension UnsafeMutablePointer {
  func cast<T>(to _: T.Type) -> UnsafeMutablePointer<T> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: T.self)
  }
  var handle: UnsafeMutablePointer<uv_handle_t> { cast(to: uv_handle_t.self) }
  var stream: UnsafeMutablePointer<uv_stream_t> { cast(to: uv_stream_t.self) }

  /// Allocates a handle; `start` of its owner initialises it.
  static func allocateHandle() -> UnsafeMutablePointer<Pointee> { .allocate(capacity: 1) }

  func retainOwner(_ owner: AnyObject) { handle.pointee.data = Unmanaged.passRetained(owner).toOpaque() }

  /// Closes the handle; frees it and releases its owner once libuv has let go.
  func closeHandle() {
    uv_close(handle) { handle in
      let handle = handle!
      let owner = handle.pointee.data
      UnsafeMutableRawPointer(handle).deallocate()
      if let owner { Unmanaged<AnyObject>.fromOpaque(owner).release() }
    }
  }
}

/// The Swift owner behind a handle's `data`.
func owner<T: AnyObject>(_ data: UnsafeMutableRawPointer?, as _: T.Type = T.self) -> T {
  Unmanaged<T>.fromOpaque(data!).takeUnretainedValue()
}
