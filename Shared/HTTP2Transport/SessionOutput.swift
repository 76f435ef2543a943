import CNghttp2
import EventLoop

extension OutputBuffer {
  /// Holds what a session has to send, up to the buffer's limit, and nothing else.
  func fill(from session: OpaquePointer) {
    reset()
    var bytes: UnsafePointer<UInt8>?
    while !isFull {
      let count = nghttp2_session_mem_send(session, &bytes)
      if count <= 0 { return }
      append(UnsafeRawBufferPointer(start: bytes, count: count))
    }
  }
}
