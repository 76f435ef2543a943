import EventLoop
import Foundation
import HTTP2Transport
import Synchronization
import Testing

@Suite struct ServerTests {
  @Test func curlSpeaksBothProtocolsOnOnePort() async throws {
    let test = try await TestServer()
    #expect(try run("curl", "-s", test.url + "/hello") == "hello\n")
    #expect(try run("curl", "-s", "--http2-prior-knowledge", test.url + "/hello") == "hello\n")
    #expect(try run("curl", "-s", "--http1.0", test.url + "/hello") == "hello\n")
    let version = try run(
      "curl", "-s", "--http2-prior-knowledge", "-o", "/dev/null", "-w", "%{http_version}", test.url + "/hello")
    #expect(version == "2")
  }

  @Test func nghttpSeesAWholeExchange() async throws {
    let test = try await TestServer()
    let frames = try run("nghttp", "-v", test.url + "/hello")
    #expect(frames.contains(":status: 200"))
    #expect(frames.contains("hello"))
  }

  @Test func h2loadLosesNothing() async throws {
    let test = try await TestServer()
    let report = try run("h2load", "-n", "20000", "-c", "10", "-m", "20", test.url + "/hello")
    #expect(report.contains("20000 succeeded, 0 failed, 0 errored"), "\(report)")
    let http1 = try run("h2load", "--h1", "-n", "5000", "-c", "10", test.url + "/hello")
    #expect(http1.contains("5000 succeeded, 0 failed, 0 errored"), "\(http1)")
  }

  @Test func everyRefusalIsAProblem() async throws {
    let test = try await TestServer()
    for (method, target, status) in [
      (HTTPMethod.get, "/nowhere", 404), (.delete, "/hello", 405), (.get, "/%zz", 400),
    ] {
      let response = try await test.client.send(HTTPRequest(method, target), deadline: .seconds(5))
      #expect(response.status == status)
      #expect(response.headers["content-type"] == "application/problem+json")
      #expect(String(decoding: response.body, as: UTF8.self).contains("\"status\":\(status)"))
    }
    let wrongMethod = try await test.client.send(HTTPRequest(.delete, "/hello"), deadline: .seconds(5))
    #expect(wrongMethod.headers["allow"] == "GET")
  }

  @Test func limitsHoldOnBothProtocols() async throws {
    let test = try await TestServer { router in
      router.on(.post, "/small", bodyLimit: 10) { _ in .text("ok") }
    }
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let body = directory.appendingPathComponent("body").path
    try Data(count: 2 << 20).write(to: URL(fileURLWithPath: body))
    for version in ["--http1.1", "--http2-prior-knowledge"] {
      func status(_ arguments: String...) throws -> String {
        let process = ["-s", version, "-o", "/dev/null", "-w", "%{http_code}"] + arguments
        return try run("sh", "-c", "curl " + process.map { "'\($0)'" }.joined(separator: " "))
      }
      #expect(try status("--data-binary", "@" + body, test.url + "/small") == "413")
      #expect(try status("-H", "Transfer-Encoding: chunked", "--data-binary", "@" + body, test.url + "/small") == "413")
      #expect(try status(test.url + "/" + String(repeating: "a", count: 40_000)) == "414")
      #expect(try status("-H", "x: " + String(repeating: "a", count: 40_000), test.url + "/hello") == "431")
      #expect(try status("-d", "12345", test.url + "/small") == "200")
    }
  }

  @Test func whatCouldBeSmuggledIsRefused() async throws {
    var limits = ServerLimits()
    limits.discardTime = .milliseconds(50)
    let test = try await TestServer(limits: limits)
    for head in [
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
      "GET /hello HTTP/1.1\r\nHost : a\r\n\r\n", "GET /hello HTTP/1.1\r\n\r\n",
      "GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n",
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
      let answer = String(decoding: await test.exchange(Array(head.utf8)), as: UTF8.self)
      #expect(answer.hasPrefix("HTTP/1.1 400"), "\(head) → \(answer)")
    }
  }

  @Test func aStreamBelowOneThatWasPassedOverEndsTheConnection() async throws {
    let test = try await TestServer()
    func headers(stream: UInt8) -> [UInt8] {
      // GET http / from the static table, END_STREAM and END_HEADERS
      [0, 0, 6, 1, 5, 0, 0, 0, stream, 0x82, 0x86, 0x84, 0x41, 0x01, 0x61]
    }
    let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
    let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    let answer = await test.exchange(preface + settings + headers(stream: 5) + headers(stream: 3))
    let goAway: [UInt8] = [7, 0, 0, 0, 0, 0]
    let protocolError: [UInt8] = [0, 0, 0, 1]
    let frame = try #require(answer.firstRange(of: goAway))
    #expect(answer[frame.upperBound...].prefix(8).suffix(4).elementsEqual(protocolError))
  }

  @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
    let test = try await TestServer()
    let request = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n"
    let last = "POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\n3"
    let answer = String(
      decoding: await test.exchange(Array("\(request)1\(request)2\(last)".utf8)), as: UTF8.self)
    #expect(answer.split(separator: "\r\n\r\n").dropFirst().map { $0.first } == ["1", "2", "3"], "\(answer)")
  }

  @Test func aSlowHandlerIsAnsweredForAndCancelled() async throws {
    let cancelled = AsyncStream.makeStream(of: Bool.self)
    let test = try await TestServer { router in
      router.on(.get, "/slow", deadline: .milliseconds(200)) { _ in
        try? await Task.sleep(for: .seconds(60))
        cancelled.continuation.yield(Task.isCancelled)
        return .text("late")
      }
    }
    #expect(try await test.get("/slow").status == 503)
    #expect(await cancelled.stream.first { _ in true } == true)
  }

  @Test func aStreamedBodyArrivesPieceByPieceWithTrailers() async throws {
    let test = try await TestServer { router in
      router.on(.get, "/stream") { _ in
        HTTPResponse(
          status: 200,
          body: .stream { writer in
            for number in 1...3 { try await writer.write(Array("\(number)\n".utf8)) }
            writer.setTrailers(["x-sum": "6"])
          })
      }
    }
    let response = try await test.get("/stream")
    #expect(response.body == Array("1\n2\n3\n".utf8))
    #expect(response.trailers["x-sum"] == "6")
    let http1 = try run("curl", "-s", "-i", "--raw", test.url + "/stream")
    #expect(http1.contains("x-sum: 6") && http1.contains("transfer-encoding: chunked"))
    #expect(try run("curl", "-s", "--http1.0", test.url + "/stream") == "1\n2\n3\n")
  }

  @Test func aBodyThatFailsInTheMiddleIsNotTakenForWhole() async throws {
    struct Failure: Error {}
    let test = try await TestServer { router in
      router.on(.get, "/cut") { _ in
        HTTPResponse(
          status: 200,
          body: .stream { writer in
            try await writer.write(Array("half".utf8))
            throw Failure()
          })
      }
    }
    await #expect(throws: HTTPClientError.self) { try await test.get("/cut") }
    let curl = try run("sh", "-c", "curl -s \(test.url)/cut; echo \" $?\"")
    #expect(curl == "half 18\n")
  }

  @Test func drainingLosesNoCall() async throws {
    let test = try await TestServer { router in
      router.on(.get, "/work") { _ in
        try? await Task.sleep(for: .milliseconds(20))
        return .text("done")
      }
    }
    let answers = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<200 { group.addTask { try await test.get("/work").status } }
      var statuses: [Int] = []
      var isDraining = false
      for try await status in group {
        statuses.append(status)
        if !isDraining {
          isDraining = true
          group.addTask {
            await test.server.drain(for: .seconds(3))
            return 200
          }
        }
      }
      return statuses
    }
    #expect(answers.allSatisfy { $0 == 200 })
    #expect(answers.count == 201)
  }
}
