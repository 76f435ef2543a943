import HTTP2Transport
import JSON
import Testing

@testable import DaprClient

@Suite struct InvocationTests {
  private let query = Array("a protobuf message".utf8)

  @Test func aCallCarriesItsLengthDeadlineAndTrace() async throws {
    let sidecar = try await ScriptedSidecar(token: "t") { .message($0.body.reversed()) }
    let answer = try await sidecar.client.invoke(
      "search-indexer", "/internal/list", query, headers: ["x-owner": "o"], CallOptions(deadline: .milliseconds(1500)))
    #expect(answer == query.reversed())
    _ = try await sidecar.client.invoke("search-indexer", "internal/list", [])
    let request = try #require(sidecar.asked.first)
    #expect(request.method == .post && request.target == "/v1.0/invoke/search-indexer/method/internal/list")
    #expect(request.headers["content-length"] == "18" && request.headers["content-type"] == "application/x-protobuf")
    #expect(request.headers["x-owner"] == "o" && request.headers["dapr-api-token"] == "t")
    #expect(request.callDeadline == .milliseconds(1500))
    #expect(sidecar.asked.last?.headers["content-length"] == "0")
  }

  @Test func anAnswerThatWasCutIsNotTaken() async throws {
    let whole = MessageFrame.single(Array(repeating: 7, count: 1000))
    var unfinished: [UInt8] = []
    MessageFrame.append([1, 2, 3], isLast: false, to: &unfinished)
    for body in [[], Array(whole.prefix(3)), Array(whole.dropLast()), unfinished, whole + [0]] {
      let sidecar = try await ScriptedSidecar { _ in HTTPResponse(status: 200, body: .bytes(body)) }
      await #expect { try await sidecar.client.invoke("a", "m", query) } throws: { ($0 as? DaprError)?.kind == .lost }
    }
  }

  @Test func anAnswerOfTheAppDiffersFromOneOfTheSidecar() async throws {
    let app = try await ScriptedSidecar { _ in .json(Array(#"{"type":"index-behind"}"#.utf8), status: 503) }
    await #expect { try await app.client.invoke("a", "m", query) } throws: { error in
      guard let error = error as? DaprError else { return false }
      return error.status == 503 && error.errorCode.isEmpty && error.message == #"{"type":"index-behind"}"#
    }
    let sidecar = try await ScriptedSidecar { _ in .error(500, "ERR_DIRECT_INVOKE", "failed to invoke, id: a") }
    await #expect { try await sidecar.client.invoke("a", "m", query) } throws: { error in
      guard let error = error as? DaprError else { return false }
      return error.status == 500 && error.errorCode == "ERR_DIRECT_INVOKE" && error.kind == .failed
    }
  }

  @Test func messagesComeAsEachIsReady() async throws {
    let gate = Gate()
    let sidecar = try await ScriptedSidecar { _ in
      HTTPResponse(
        status: 200,
        body: .stream { writer in
          var first: [UInt8] = []
          MessageFrame.append([1], isLast: false, to: &first)
          try await writer.write(first)
          await gate.pass()
          try await writer.write(MessageFrame.single([2, 2]))
        })
    }
    var stream = try await sidecar.client.invokeStream("a", "m", query)
    #expect(try await stream.next() == [1])
    await gate.open()
    #expect(try await stream.next() == [2, 2])
    #expect(try await stream.next() == nil)
  }

  @Test func aStreamThatEndsBeforeItsLastMessageThrows() async throws {
    var part: [UInt8] = []
    MessageFrame.append([1], isLast: false, to: &part)
    // As daprd shows an answer that was cut: a whole-looking 200.
    let sidecar = try await ScriptedSidecar { [part] _ in HTTPResponse(status: 200, body: .bytes(part)) }
    var stream = try await sidecar.client.invokeStream("a", "m", query)
    #expect(try await stream.next() == [1])
    do {
      let more = try await stream.next()
      Issue.record("\(String(describing: more)) after the cut")
    } catch {
      #expect(error.kind == .lost)
    }
    let refusing = try await ScriptedSidecar { _ in .error(500, "ERR_DIRECT_INVOKE", "no such app") }
    await #expect { try await refusing.client.invokeStream("a", "m", query) } throws: {
      ($0 as? DaprError)?.errorCode == "ERR_DIRECT_INVOKE"
    }
  }

  @Test func secretsBindingsAndMetadata() async throws {
    let sidecar = try await ScriptedSidecar { request in
      switch request.target {
      case "/v1.0/secrets/secretstore/jwt-secret": .json(Array("{\"jwt-secret\":\"s3cret\"}\n".utf8))
      case "/v1.0/secrets/secretstore/none": .done
      case "/v1.0/secrets/other/jwt-secret": .error(401, "ERR_SECRET_STORE_NOT_FOUND", "no")
      case "/v1.0/bindings/mail": .done
      case "/v1.0/metadata": .json(Array("{\"id\":\"task-api\",\"runtimeVersion\":\"1.18.3\"}\n".utf8))
      default: .error(404, "ERR_DIRECT_INVOKE", "?")
      }
    }
    let client = sidecar.client
    #expect(try await client.secrets("secretstore").get("jwt-secret") == ["jwt-secret": "s3cret"])
    #expect(try await client.secrets("secretstore").get("none") == nil)
    await #expect { try await client.secrets("other").get("jwt-secret") } throws: {
      ($0 as? DaprError)?.kind == .notFound
    }
    #expect(try await client.metadata()["runtimeVersion"]?.string == "1.18.3")
    let answer = try await client.invokeBinding(
      "mail", operation: "create", data: Array("\"<p>hi</p>\"".utf8), metadata: ["emailTo": "a@b"])
    #expect(answer == [])
    #expect(
      sidecar.body
        == (try JSONValue(
          parsing: Array(#"{"operation":"create","data":"<p>hi</p>","metadata":{"emailTo":"a@b"}}"#.utf8))))
  }

  @Test func aClientDoesNotShowItsToken() {
    let client = DaprClient(transport: NoTransport(), apiToken: "s3cret")
    #expect(!"\(client) \(client.state("s"))".contains("s3cret"))
  }

  private struct NoTransport: SidecarTransport {
    func send(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> HTTPClientResponse {
      throw .unreachable("nobody")
    }
    func stream(_ request: HTTPRequest, deadline: Duration) async throws(HTTPClientError) -> any SidecarStream {
      throw .unreachable("nobody")
    }
  }
}
