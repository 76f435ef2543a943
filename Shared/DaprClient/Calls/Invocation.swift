import HTTP2Transport

/// Calls from daemon to daemon through their sidecars. Bodies are protobuf messages; answers are framed (``MessageFrame``).
/// daprd may run a call twice when the target's sidecar dies, so every method must bear repeating.
extension DaprClient {
  /// Calls `method` (plain path characters) of the app and takes its one message.
  ///
  /// Throws a ``DaprError`` of kind `lost` when the answer was cut. An answer of the app that is no success is an error with the
  /// app's status and without an `errorCode`; one of the sidecar has `ERR_DIRECT_INVOKE`.
  public func invoke(
    _ app: String, _ method: String, _ message: [UInt8], headers: HTTPHeaders = [:], _ options: CallOptions = .init()
  ) async throws(DaprError) -> [UInt8] {
    let response = try await send(
      .post, Self.target(app, method), headers: Self.headers(headers, message, options), body: message, options)
    guard (200..<300).contains(response.status) else { throw DaprError(status: response.status, body: response.body) }
    var reader = MessageFrameReader()
    reader.append(response.body)
    do throws(MessageFrameReader.Malformed) {
      guard let answer = try reader.next(), reader.isComplete, try reader.next() == nil else {
        throw MessageFrameReader.Malformed(reason: "\(response.body.count) octets do not hold one whole message")
      }
      return answer
    } catch {
      throw DaprError(.lost, status: response.status, message: "the answer of \(app) was cut: \(error.reason)")
    }
  }

  /// Calls `method` of the app and takes its messages as they come. `options.deadline` is for the answer's head.
  public func invokeStream(
    _ app: String, _ method: String, _ message: [UInt8], headers: HTTPHeaders = [:], _ options: CallOptions = .init()
  ) async throws(DaprError) -> InvocationStream {
    let stream = try await stream(
      .post, Self.target(app, method), headers: Self.headers(headers, message, options), body: message, options)
    guard (200..<300).contains(stream.status) else {
      var body: [UInt8] = []
      do throws(HTTPClientError) {
        while body.count < 16_384, let chunk = try await stream.next() { body.append(contentsOf: chunk) }
      } catch {
        throw DaprError(error)
      }
      throw DaprError(status: stream.status, body: body)
    }
    return InvocationStream(app: app, stream: stream)
  }

  private static func target(_ app: String, _ method: String) -> String {
    "/v1.0/invoke/\(app)/method/\(method.hasPrefix("/") ? String(method.dropFirst()) : method)"
  }

  private static func headers(_ headers: HTTPHeaders, _ message: [UInt8], _ options: CallOptions) -> HTTPHeaders {
    var headers = headers
    headers["content-type"] = "application/x-protobuf"
    headers[HTTPRequest.callDeadlineHeader] = String(max(0, options.deadline.milliseconds))
    // Without it daprd's retry sends an empty body, also for an empty message.
    headers["content-length"] = String(message.count)
    return headers
  }
}

/// The messages of an answer as they come. Ends with nil after the message that says it is the last, and in no other way.
public struct InvocationStream: Sendable {
  let app: String
  let stream: any SidecarStream
  private var reader = MessageFrameReader()

  init(app: String, stream: any SidecarStream) {
    self.app = app
    self.stream = stream
  }

  /// The next message; nil after the last. Throws a ``DaprError`` of kind `lost` when the answer was cut.
  public mutating func next() async throws(DaprError) -> [UInt8]? {
    while true {
      do throws(MessageFrameReader.Malformed) {
        if let message = try reader.next() { return message }
      } catch {
        throw DaprError(.badResponse, status: stream.status, message: "the answer of \(app): \(error.reason)")
      }
      if reader.isComplete { return nil }
      do throws(HTTPClientError) {
        guard let chunk = try await stream.next() else {
          throw HTTPClientError.lost("the answer of \(app) ended before its last message", mayHaveRun: true)
        }
        reader.append(chunk)
      } catch {
        throw DaprError(error)
      }
    }
  }
}

extension HTTPRequest {
  /// How long the caller waits, in milliseconds from when it sent.
  static var callDeadlineHeader: String { "taskmesh-timeout-ms" }

  /// How long the caller of this invocation waits for its answer, if it says so.
  public var callDeadline: Duration? {
    headers[Self.callDeadlineHeader].flatMap(Int.init).flatMap { $0 >= 0 ? .milliseconds($0) : nil }
  }
}

extension HTTPResponse {
  /// Answers an invocation with one message.
  public static func message(_ message: [UInt8]) -> HTTPResponse {
    HTTPResponse(
      status: 200, headers: ["content-type": "application/x-protobuf"], body: .bytes(MessageFrame.single(message)))
  }
}

extension Duration {
  var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}
