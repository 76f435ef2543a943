import JSON

/// A refusal as an RFC 9457 problem document.
public struct Problem: Error, Sendable {
  /// One fault of the input: where (a JSON pointer such as `/tags/0`, or `?filter@12`), and the rule.
  public struct Fault: Sendable, Equatable {
    public let pointer: String
    public let detail: String

    public init(pointer: String, detail: String) {
      self.pointer = pointer
      self.detail = detail
    }
  }

  public var status: Int
  /// A word that programs can rely on (`in-doubt`, `index-behind`), or `about:blank` when the status says it all.
  public var type: String
  public var detail: String
  public var errors: [Fault]
  /// Further header fields of the answer, `allow` or `retry-after`.
  public var headers: HTTPHeaders

  public init(
    _ status: Int, _ detail: String, type: String = "about:blank", errors: [Fault] = [], headers: HTTPHeaders = [:]
  ) {
    self.status = status
    self.type = type
    self.detail = detail
    self.errors = errors
    self.headers = headers
  }

  /// 404 for whatever is not there, or not for this caller.
  public static let notFound = Problem(404, "There is nothing here.")

  public var response: HTTPResponse {
    var writer = JSONWriter()
    writer.object {
      $0.key("type")
      $0.string(type)
      $0.key("title")
      $0.string(Self.reason(status))
      $0.key("status")
      $0.int(status)
      $0.key("detail")
      $0.string(detail)
      guard !errors.isEmpty else { return }
      $0.key("errors")
      $0.array {
        for fault in errors {
          $0.object {
            $0.key("pointer")
            $0.string(fault.pointer)
            $0.key("detail")
            $0.string(fault.detail)
          }
        }
      }
    }
    var headers = headers
    headers["content-type"] = "application/problem+json"
    return HTTPResponse(status: status, headers: headers, body: .bytes(writer.bytes))
  }

  /// The reason phrases of the status codes that we send (RFC 9110 §15, RFC 6585).
  static func reason(_ status: Int) -> String {
    switch status {
    case 200: "OK"
    case 201: "Created"
    case 202: "Accepted"
    case 204: "No Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 408: "Request Timeout"
    case 409: "Conflict"
    case 411: "Length Required"
    case 412: "Precondition Failed"
    case 413: "Content Too Large"
    case 414: "URI Too Long"
    case 415: "Unsupported Media Type"
    case 417: "Expectation Failed"
    case 422: "Unprocessable Content"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 505: "HTTP Version Not Supported"
    default: "Status \(status)"
    }
  }
}
