import EventLoop

/// Carries a streamed body from a handler to its connection, with at most about 64 KiB between them.
final class BodyPipe: HTTPBodyWriter, @unchecked Sendable {
  // @unchecked: only the loop's thread touches what changes; `write` and `setTrailers` get there first.
  private static let capacity = 64 << 10

  private let loop: EventLoop
  private var chunks: [[UInt8]] = []
  private var offset = 0
  private var buffered = 0
  private var waiter: CheckedContinuation<Void, any Error>?
  private(set) var trailers: HTTPHeaders = [:]
  private(set) var isEnded = false
  private var isBroken = false
  /// Tells the connection that there is something to take.
  var onAvailable: (() -> Void)?

  init(loop: EventLoop) { self.loop = loop }

  var isEmpty: Bool { buffered == 0 }

  func write(_ bytes: [UInt8]) async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        onLoop { self.push(bytes, continuation) }
      }
    } onCancel: {
      loop.execute { self.resumeWaiter(.failure(CancellationError())) }
    }
  }

  func setTrailers(_ trailers: HTTPHeaders) { onLoop { self.trailers = trailers } }

  /// The body is whole.
  func end() {
    isEnded = true
    onAvailable?()
  }

  /// The peer is gone: writers get `CancellationError`.
  func fail() {
    isBroken = true
    onAvailable = nil
    chunks = []
    buffered = 0
    resumeWaiter(.failure(CancellationError()))
  }

  /// Moves up to `limit` octets to `target` and returns how many.
  func take(into target: UnsafeMutablePointer<UInt8>, limit: Int) -> Int {
    var taken = 0
    while taken < limit, let first = chunks.first {
      let count = min(limit - taken, first.count - offset)
      first.withUnsafeBytes {
        UnsafeMutableRawPointer(target + taken).copyMemory(from: $0.baseAddress! + offset, byteCount: count)
      }
      taken += count
      offset += count
      if offset == first.count {
        chunks.removeFirst()
        offset = 0
      }
    }
    buffered -= taken
    if buffered < Self.capacity { resumeWaiter(.success(())) }
    return taken
  }

  /// Everything that is there.
  func takeAll() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(buffered)
    for chunk in chunks { bytes.append(contentsOf: bytes.isEmpty ? chunk[offset...] : chunk[...]) }
    chunks = []
    offset = 0
    buffered = 0
    resumeWaiter(.success(()))
    return bytes
  }

  private func push(_ bytes: [UInt8], _ continuation: CheckedContinuation<Void, any Error>) {
    guard !isBroken else { return continuation.resume(throwing: CancellationError()) }
    if !bytes.isEmpty {
      chunks.append(bytes)
      buffered += bytes.count
      onAvailable?()
    }
    if buffered < Self.capacity { continuation.resume() } else { waiter = continuation }
  }

  private func resumeWaiter(_ result: Result<Void, any Error>) {
    let waiter = waiter
    self.waiter = nil
    waiter?.resume(with: result)
  }

  private func onLoop(_ body: @escaping @Sendable () -> Void) {
    if loop.isCurrent { body() } else { loop.execute(body) }
  }
}
