import EventLoop

/// One client: cuts its octets into requests, has them answered side by side and sends the answers in the order of the
/// requests. Loop thread only.
final class BrokerConnection: TCPConnectionHandler, @unchecked Sendable {
  // @unchecked: the tasks of its requests carry it, and run on its loop.
  private let tcp: TCPConnection
  private let requests: BrokerRequests
  private let ended: (BrokerConnection) -> Void
  private var received: [UInt8] = []
  private var answers: [Answer] = []
  private var isClosed = false
  private var isTaking = false

  /// More requests than this under way and the connection is not read: the client waits.
  private static let requestsUnderWay = 64

  private final class Answer: @unchecked Sendable {
    // @unchecked: as its connection.
    var bytes: [UInt8]?
    var isReady = false
    var task: Task<Void, Never>?
  }

  init(tcp: TCPConnection, requests: BrokerRequests, ended: @escaping (BrokerConnection) -> Void) {
    self.tcp = tcp
    self.requests = requests
    self.ended = ended
  }

  func received(_ bytes: UnsafeRawBufferPointer) {
    received.append(contentsOf: bytes)
    takeRequests()
  }

  /// A client that sends no more is not interested in answers either.
  func endOfInput() { tcp.close() }

  func writable() { takeRequests() }

  func close() { tcp.close() }

  func closed(_ error: UVError?) {
    isClosed = true
    for answer in answers { answer.task?.cancel() }
    answers = []
    ended(self)
  }

  private func takeRequests() {
    // A request that is answered at once comes back here: the loop below goes on for it.
    guard !isTaking else { return }
    isTaking = true
    defer { isTaking = false }
    var start = 0
    while !isClosed, !isFull, let end = endOfRequest(at: start) {
      answer(Array(received[start + 4..<end]))
      start = end
    }
    received.removeFirst(start)
    if isFull { tcp.pauseReading() } else if tcp.isOpen { tcp.resumeReading() }
  }

  private var isFull: Bool { answers.count >= Self.requestsUnderWay || tcp.isBlocked }

  /// Where the request that begins at `start` ends; nil when it is not whole.
  private func endOfRequest(at start: Int) -> Int? {
    guard received.count - start >= 4 else { return nil }
    let size = received[start..<start + 4].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
    guard size <= requests.settings.maximumRequestSize else {
      fail("a request of \(size) octets; \(requests.settings.maximumRequestSize) are allowed")
      return nil
    }
    let end = start + 4 + Int(size)
    return end <= received.count ? end : nil
  }

  private func answer(_ request: [UInt8]) {
    let answer = Answer()
    answers.append(answer)
    // Started at once, so that what one client sends reaches the log in its order.
    answer.task = Task.immediate(executorPreference: requests.loop) { [self] in
      do {
        answered(answer, try await requests.answer(request))
      } catch {
        fail("malformed request: \(error)")
      }
    }
  }

  private func answered(_ answer: Answer, _ bytes: [UInt8]?) {
    guard !isClosed else { return }
    answer.bytes = bytes
    answer.isReady = true
    guard answers.first === answer else { return }
    let ready = answers.prefix(while: \.isReady)
    var output = KafkaWriter()
    for bytes in ready.compactMap(\.bytes) { output.blob(bytes) }
    answers.removeFirst(ready.count)
    output.bytes.withUnsafeBytes { tcp.write($0) }
    takeRequests()
  }

  private func fail(_ reason: String) {
    guard tcp.isOpen else { return }
    requests.report("closed a connection of \(tcp.peerAddress ?? "a client"): \(reason)")
    tcp.close()
  }
}
