import EventLoop
import Synchronization

/// One request on its way: bridges a caller's task to a stream on the loop.
final class ClientCall: Deadline, @unchecked Sendable {
  // @unchecked: all but `trailersBox` belongs to the loop's thread; tasks get there by `onLoop`.
  struct Head: Sendable {
    var status = 0
    var headers: HTTPHeaders = [:]
  }

  private enum End {
    case whole
    case failed(HTTPClientError)
  }

  let pool: ClientPool
  let request: HTTPRequest
  private let deadlineInstant: ContinuousClock.Instant
  private let coversBody: Bool
  private var headReceived: Head?
  private var headWaiter: CheckedContinuation<Result<Head, HTTPClientError>, Never>?
  private var chunks: [[UInt8]] = []
  private var chunkWaiter: CheckedContinuation<Result<[UInt8]?, HTTPClientError>, Never>?
  private var end: End?
  private let trailersBox = Mutex<HTTPHeaders>([:])
  /// Where it runs: set by the connection when it starts, nil again at the end.
  var connection: ClientConnection?
  var streamID: Int32 = 0

  init(pool: ClientPool, request: HTTPRequest, deadline: ContinuousClock.Instant, coversBody: Bool) {
    self.pool = pool
    self.request = request
    deadlineInstant = deadline
    self.coversBody = coversBody
  }

  var trailers: HTTPHeaders { trailersBox.withLock { $0 } }

  /// Sends the request and waits for the response's head.
  func head() async throws(HTTPClientError) -> Head {
    let result: Result<Head, HTTPClientError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        onLoop {
          // A task that was cancelled before it came here has ended the call already.
          if case .failed(let error) = self.end { return continuation.resume(returning: .failure(error)) }
          self.headWaiter = continuation
          self.start()
        }
      }
    } onCancel: {
      cancel()
    }
    return try result.get()
  }

  func chunk() async throws(HTTPClientError) -> [UInt8]? {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        onLoop { self.take(continuation) }
      }
    } onCancel: {
      cancel()
    }
    return try result.get()
  }

  /// Resets the stream if it is open; a waiting caller gets `lost`.
  func cancel() {
    onLoop { self.stop(.lost("cancelled by the caller", mayHaveRun: true)) }
  }

  private func start() {
    let left = ContinuousClock.now.duration(to: deadlineInstant)
    guard left > .zero else { return finish(.deadlineExceeded) }
    pool.loop.deadlines.arm(self, after: left)
    pool.start(self)
  }

  private func stop(_ error: HTTPClientError) {
    guard end == nil else { return }
    if let connection { connection.reset(self) } else { pool.forget(self) }
    finish(error)
  }

  private func take(_ continuation: CheckedContinuation<Result<[UInt8]?, HTTPClientError>, Never>) {
    if !chunks.isEmpty {
      let chunk = chunks.removeFirst()
      connection?.consumed(self, chunk.count)
      return continuation.resume(returning: .success(chunk))
    }
    switch end {
    case .whole: continuation.resume(returning: .success(nil))
    case .failed(let error): continuation.resume(returning: .failure(error))
    case nil: chunkWaiter = continuation
    }
  }

  // What the connection reports.

  func received(_ head: Head) {
    guard headReceived == nil, end == nil else { return }
    headReceived = head
    if !coversBody { disarm() }
    headWaiter?.resume(returning: .success(head))
    headWaiter = nil
  }

  func received(_ bytes: UnsafeBufferPointer<UInt8>) {
    let chunk = Array(bytes)
    guard let waiter = chunkWaiter else {
      chunks.append(chunk)
      return
    }
    chunkWaiter = nil
    connection?.consumed(self, chunk.count)
    waiter.resume(returning: .success(chunk))
  }

  func received(trailers: HTTPHeaders) { trailersBox.withLock { $0 = trailers } }

  func finishedWhole() {
    guard end == nil else { return }
    guard headReceived != nil else { return finish(.badResponse("the stream ended without a response")) }
    end = .whole
    connection = nil
    disarm()
    chunkWaiter?.resume(returning: .success(nil))
    chunkWaiter = nil
  }

  func finish(_ error: HTTPClientError) {
    guard end == nil else { return }
    end = .failed(error)
    connection = nil
    disarm()
    headWaiter?.resume(returning: .failure(error))
    headWaiter = nil
    chunkWaiter?.resume(returning: .failure(error))
    chunkWaiter = nil
  }

  private func disarm() { pool.loop.deadlines.disarm(self) }

  override func expired() { stop(.deadlineExceeded) }

  private func onLoop(_ body: @escaping @Sendable () -> Void) {
    if pool.loop.isCurrent { body() } else { pool.loop.execute(body) }
  }
}
