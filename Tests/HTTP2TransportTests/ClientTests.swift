import EventLoop
import HTTP2Transport
import Synchronization
import Testing

@Suite struct ClientTests {
  @Test func megabytesGoBothWaysUnderFlowControl() async throws {
    let test = try await TestServer()
    let body = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let response = try await test.client.send(HTTPRequest(.post, "/echo", body: body), deadline: .seconds(60))
    #expect(response.headers["x-length"] == "20000000")
    #expect(response.body == body)
  }

  @Test func aSlowReaderHoldsItsWriterBack() async throws {
    let written = Atomic(0)
    let test = try await TestServer { router in
      router.on(.get, "/flood") { _ in
        HTTPResponse(
          status: 200,
          body: .stream { writer in
            for _ in 0..<1000 {
              try await writer.write([UInt8](repeating: 1, count: 64 << 10))
              written.add(1, ordering: .relaxed)
            }
          })
      }
    }
    let flood = try await test.client.open(HTTPRequest(.get, "/flood"), deadline: .seconds(5))
    _ = try await flood.next()
    // Other streams go on beside one that nobody reads.
    for _ in 0..<50 { #expect(try await test.get("/hello").status == 200) }
    #expect(written.load(ordering: .relaxed) < 200)
    var total = 64 << 10
    total = 0
    while let chunk = try await flood.next() { total += chunk.count }
    #expect(total > 900 * (64 << 10))
  }

  @Test func aThousandCallsShareFewConnections() async throws {
    let test = try await TestServer()
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<3000 { group.addTask { try await test.get("/hello").status } }
      return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(statuses == [200: 3000])
  }

  @Test func cancellingResetsTheStream() async throws {
    let events = AsyncStream.makeStream(of: String.self)
    let test = try await TestServer { router in
      router.on(.get, "/wait") { _ in
        events.continuation.yield("begun")
        try? await Task.sleep(for: .seconds(60))
        events.continuation.yield(Task.isCancelled ? "cancelled" : "ended")
        return .text("")
      }
    }
    let call = Task { try await test.get("/wait", deadline: .seconds(50)) }
    var iterator = events.stream.makeAsyncIterator()
    #expect(await iterator.next() == "begun")
    call.cancel()
    #expect(await iterator.next() == "cancelled")
    await #expect(throws: HTTPClientError.self) { try await call.value }
  }

  @Test func aTaskThatIsCancelledAlreadyHearsSoAtOnce() async throws {
    let test = try await TestServer()
    let outcomes = AsyncStream.makeStream(of: Result<Int, any Error>.self)
    let alarm = Task {
      try await Task.sleep(for: .seconds(10))
      outcomes.continuation.finish()
    }
    Task {
      withUnsafeCurrentTask { $0?.cancel() }
      do { outcomes.continuation.yield(.success(try await test.get("/hello").status)) } catch {
        outcomes.continuation.yield(.failure(error))
      }
    }
    let outcome = try #require(await outcomes.stream.first { _ in true })
    #expect(throws: HTTPClientError.self) { try outcome.get() }
    alarm.cancel()
  }

  @Test func theDeadlineHolds() async throws {
    let test = try await TestServer { router in
      router.on(.get, "/wait") { _ in
        try? await Task.sleep(for: .seconds(60))
        return .text("")
      }
    }
    await #expect(throws: HTTPClientError.deadlineExceeded) {
      try await test.get("/wait", deadline: .milliseconds(150))
    }
    #expect(try await test.get("/hello").status == 200)
  }

  @Test func aDeadPeerIsUnreachableAtOnceAndItsReturnIsNoticed() async throws {
    let first = try await TestServer()
    let port = first.server.port
    #expect(try await first.get("/hello").status == 200)
    first.server.closeAtOnce()
    var failures = 0
    for _ in 0..<20 {
      do { _ = try await first.get("/hello", deadline: .seconds(2)) } catch { failures += 1 }
    }
    #expect(failures >= 19)  // the first may be lost with the old connection
    var router = Router()
    router.immediate(.get, "/hello") { _ in .text("again") }
    let second = try await HTTPServer.start(on: first.loop, port: port, service: router)
    var answer: HTTPClientResponse?
    let limit = ContinuousClock.now + .seconds(20)
    while answer == nil {
      try #require(ContinuousClock.now < limit, "the peer is back and was not noticed within 20 seconds")
      answer = try? await first.get("/hello", deadline: .seconds(2))
      await Task.yield()
    }
    #expect(answer?.body == Array("again".utf8))
    second.closeAtOnce()
  }

  @Test func anAnswerBeforeTheBodyWasReadIsKept() async throws {
    let test = try await TestServer { router in
      router.on(.post, "/tiny", bodyLimit: 1) { _ in .text("") }
    }
    let request = HTTPRequest(.post, "/tiny", body: [UInt8](repeating: 0, count: 8 << 20))
    #expect(try await test.client.send(request, deadline: .seconds(5)).status == 413)
    #expect(try await test.get("/hello").status == 200)
  }
}
