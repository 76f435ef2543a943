import EventLoop
import Synchronization
import Testing

@testable import LocalMesh

/// What a client that does not follow the protocol meets.
@Suite(.timeLimit(.minutes(1))) struct WireTests {
  private func header(_ key: Int16, _ version: Int16) -> KafkaWriter {
    var writer = KafkaWriter()
    writer.int16(key)
    writer.int16(version)
    writer.int32(77)
    writer.nullableString("tester")
    return writer
  }

  private func produce(_ records: [UInt8], acks: Int16 = -1) -> [UInt8] {
    var writer = header(0, 3)
    writer.nullableString(nil)
    writer.int16(acks)
    writer.int32(1_000)
    writer.array(["t"]) {
      $0.string($1)
      $0.array([0] as [Int32]) {
        $0.int32($1)
        $0.blob(records)
      }
    }
    return writer.bytes
  }

  private func batch() -> [UInt8] {
    var writer = RecordBatchWriter()
    writer.append(offset: 0, timestamp: 1, body: LogEntry(BrokerRecord(timestamp: 1, key: nil, value: [65])).body.span)
    return writer.finish()
  }

  /// The error and the offset of the one partition of an answer to `produce`.
  private func result(_ answer: [UInt8]) throws -> (code: Int16, offset: Int64) {
    var reader = KafkaReader(answer)
    _ = try reader.int32()
    let results = try reader.array { reader throws(MalformedRequest) in
      _ = try reader.string()
      return try reader.array { reader throws(MalformedRequest) in
        _ = try reader.int32()
        let result = (code: try reader.int16(), offset: try reader.int64())
        _ = try reader.int64()
        return result
      }
    }
    return try #require(results.first?.first)
  }

  @Test func compressedRecordsAreRefusedByName() async throws {
    let broker = try await TestBroker.start()
    let client = RawClient(port: broker.port)
    let refused = try result(try await client.ask(produce(batch().markedAsCompressed(4))))
    #expect(refused == (KafkaErrorCode.unsupportedCompressionType.rawValue, -1))
    #expect(broker.lines.all.contains { $0.contains("zstd") && $0.contains("tester") })
    #expect(try result(try await client.ask(produce(batch()))) == (0, 0))
  }

  @Test func withoutAcknowledgementThereIsNoAnswer() async throws {
    let broker = try await TestBroker.start()
    let client = RawClient(port: broker.port)
    await client.send(produce(batch(), acks: 0))
    #expect(try result(try await client.ask(produce(batch()))) == (0, 1))
  }

  @Test func anUnservedRequestIsRefusedByName() async throws {
    let broker = try await TestBroker.start()
    let client = RawClient(port: broker.port)
    var answer = KafkaReader(try await client.ask(header(32, 1).bytes))
    #expect(try answer.int32() == 77)
    #expect(try answer.int16() == KafkaErrorCode.unsupportedVersion.rawValue)
    #expect(broker.lines.all == ["refused DescribeConfigs version 1 of client tester: not served"])
    // The connection stays usable.
    var versions = KafkaReader(try await client.ask(header(18, 0).bytes))
    #expect(try versions.int32() == 77)
    #expect(try versions.int16() == 0)
  }

  @Test func aNewerApiVersionsRequestLearnsTheVersions() async throws {
    let broker = try await TestBroker.start()
    var request = header(18, 9)
    request.unsignedVarint(0)  // no tagged fields
    var answer = KafkaReader(try await RawClient(port: broker.port).ask(request.bytes))
    _ = try answer.int32()
    #expect(try answer.int16() == KafkaErrorCode.unsupportedVersion.rawValue)
    let versions = try answer.array { reader throws(MalformedRequest) in
      (try reader.int16(), try reader.int16(), try reader.int16())
    }
    #expect(versions.contains { $0 == (18, 0, 3) })
  }

  @Test func aMalformedRequestEndsItsConnectionAlone() async throws {
    let broker = try await TestBroker.start()
    let good = RawClient(port: broker.port)
    _ = try await good.ask(header(18, 0).bytes)
    for bytes in [[0, 3, 0, 1, 0, 0, 0, 1], header(3, 1).bytes + [0x7f, 0xff, 0xff, 0xff], [1]] as [[UInt8]] {
      let bad = RawClient(port: broker.port)
      await #expect(throws: RawClient.Closed.self) { try await bad.ask(bytes) }
    }
    #expect(broker.lines.all.count == 3)
    #expect(broker.lines.all.allSatisfy { $0.contains("malformed request") })
    _ = try await good.ask(header(18, 0).bytes)
  }

  @Test func aRequestThatIsTooLongEndsItsConnection() async throws {
    let broker = try await TestBroker.start(settings: BrokerSettings(maximumRequestSize: 1_000))
    let client = RawClient(port: broker.port)
    await #expect(throws: RawClient.Closed.self) { try await client.ask([UInt8](repeating: 0, count: 1_001)) }
    #expect(broker.lines.all.first?.contains("1001 octets") == true)
  }

  @Test func everyCutRequestEndsItsConnectionAndNothingElse() async throws {
    let broker = try await TestBroker.start()
    let whole = produce([1, 2, 3])
    for count in 8..<whole.count {
      await #expect(throws: RawClient.Closed.self, "\(count) octets") {
        try await RawClient(port: broker.port).ask(Array(whole.prefix(count)))
      }
    }
    _ = try await RawClient(port: broker.port).ask(whole)
  }

  @Test func answersComeInTheOrderOfTheRequests() async throws {
    let broker = try await TestBroker.start()
    var slow = KafkaWriter()
    slow.int16(1)  // a fetch that waits
    slow.int16(4)
    slow.int32(1)
    slow.nullableString("tester")
    slow.int32(-1)
    slow.int32(50)
    slow.int32(1)
    slow.int32(1_000)
    slow.int8(0)
    slow.array(["t"]) {
      $0.string($1)
      $0.array([0] as [Int32]) {
        $0.int32($1)
        $0.int64(0)
        $0.int32(1_000)
      }
    }
    let client = RawClient(port: broker.port)
    await client.send(slow.bytes)
    await client.send(header(18, 0).bytes)
    var first = KafkaReader(try await client.answer())
    var second = KafkaReader(try await client.answer())
    #expect(try first.int32() == 1)
    #expect(try second.int32() == 77)
  }
}

/// Sends octets with a length before them and takes such answers.
final class RawClient: Sendable {
  struct Closed: Error {}

  private let connection: Task<Connection, Never>
  private let answers: AsyncStream<[UInt8]>

  private final class Connection: TCPConnectionHandler, @unchecked Sendable {
    // @unchecked: used on its loop alone.
    var tcp: TCPConnection?
    private var received: [UInt8] = []
    private let answers: AsyncStream<[UInt8]>.Continuation

    init(_ answers: AsyncStream<[UInt8]>.Continuation) { self.answers = answers }

    func writable() {}
    func endOfInput() { tcp?.close() }
    func closed(_ error: UVError?) { answers.finish() }

    func received(_ bytes: UnsafeRawBufferPointer) {
      received.append(contentsOf: bytes)
      while received.count >= 4 {
        let end = 4 + received[0..<4].reduce(0) { $0 << 8 | Int($1) }
        guard received.count >= end else { return }
        answers.yield(Array(received[4..<end]))
        received.removeFirst(end)
      }
    }
  }

  init(port: UInt16) {
    let (answers, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    self.answers = answers
    connection = Task {
      let connection = Connection(continuation)
      await withCheckedContinuation { opened in
        TestBroker.clientLoop.execute {
          connection.tcp = TCPConnection.connect(loop: TestBroker.clientLoop, port: port, handler: connection)
          opened.resume()
        }
      }
      return connection
    }
  }

  deinit {
    let connection = connection
    Task {
      let opened = await connection.value
      TestBroker.clientLoop.execute { opened.tcp?.close() }
    }
  }

  func send(_ request: [UInt8]) async {
    let opened = await connection.value
    TestBroker.clientLoop.execute {
      var writer = KafkaWriter()
      writer.blob(request)
      writer.bytes.withUnsafeBytes { opened.tcp?.write($0) }
    }
  }

  func answer() async throws -> [UInt8] {
    var iterator = answers.makeAsyncIterator()
    guard let answer = await iterator.next() else { throw Closed() }
    return answer
  }

  func ask(_ request: [UInt8]) async throws -> [UInt8] {
    await send(request)
    return try await answer()
  }
}
