import HTTP2Transport
import JSON

/// Why a call to a sidecar did not do what was asked.
public struct DaprError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The call never ran: no connection, or a peer that said so (REFUSED_STREAM, GOAWAY). It may be sent again.
    case unreachable
    /// The connection or stream ended before the answer did, or the caller was cancelled: the call may have run.
    case lost
    /// No answer within the deadline: the call may have run, or may run later.
    case deadline
    /// An answer that cannot be read.
    case badResponse
    /// A guarded write met another ETag, or a key where none was expected.
    case etagMismatch
    /// No such component, app id, method or secret (404, or 400 and 401 for stores that are not there).
    case notFound
    /// The token or the scope does not allow it (401, 403).
    case forbidden
    /// The request itself is wrong (400).
    case refused
    /// Any other answer: the sidecar, its store or its broker failed, or the invoked app answered so.
    case failed
  }

  public let kind: Kind
  /// The status of the answer; 0 when there was none.
  public let status: Int
  /// Dapr's `ERR_…` code, empty when the answer carries none: then it is the app's own, or the transport's.
  public let errorCode: String
  public let message: String

  public init(_ kind: Kind, status: Int = 0, errorCode: String = "", message: String) {
    self.kind = kind
    self.status = status
    self.errorCode = errorCode
    self.message = message
  }

  public var description: String {
    let code = errorCode.isEmpty ? "" : " \(errorCode)"
    return status == 0 ? message : "\(status)\(code): \(message)"
  }

  /// Whether the call surely did nothing.
  public var neverRan: Bool { kind == .unreachable }
}

extension DaprError {
  init(_ error: HTTPClientError) {
    switch error {
    case .unreachable(let reason): self.init(.unreachable, message: "the sidecar cannot be reached: \(reason)")
    case .lost(let reason, let mayHaveRun):
      self.init(mayHaveRun ? .lost : .unreachable, message: "the connection to the sidecar ended: \(reason)")
    case .deadlineExceeded: self.init(.deadline, message: "the sidecar did not answer in time")
    case .badResponse(let reason): self.init(.badResponse, message: "the sidecar's answer cannot be read: \(reason)")
    }
  }

  /// Reads an answer that is no success. Dapr's bodies are `{"errorCode","message",…}`, some plain text, 431 is HTML.
  init(status: Int, body: [UInt8]) {
    var errorCode = ""
    var message = ""
    if let value = try? JSONValue(parsing: body) {
      errorCode = value["errorCode"]?.string ?? ""
      message = value["message"]?.string ?? ""
    }
    if message.isEmpty { message = Self.excerpt(body) }
    self.init(
      Self.kind(status: status, errorCode: errorCode, message: message), status: status, errorCode: errorCode,
      message: message)
  }

  private static func kind(status: Int, errorCode: String, message: String) -> Kind {
    if status == 409 || isConflict(message) { return .etagMismatch }
    switch (status, errorCode) {
    case (404, _), (400, "ERR_STATE_STORE_NOT_FOUND"), (401, "ERR_SECRET_STORE_NOT_FOUND"): return .notFound
    case (401, _), (403, _): return .forbidden
    case (400, _): return .refused
    default: return .failed
    }
  }

  /// Inside a transaction, and for `first-write` on PostgreSQL, a conflict is a 500 known by its text alone.
  private static func isConflict(_ message: String) -> Bool {
    message.contains("possible etag mismatch") || message.contains("no item was updated")
  }

  private static func excerpt(_ body: [UInt8]) -> String {
    var text = String(decoding: body.prefix(300), as: UTF8.self)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text.isEmpty ? "no explanation" : text
  }
}
