import HTTP2Transport
import JSON

/// What holds for the body of every write.
enum RequestBody {
  static func checkType(_ request: HTTPRequest) throws(Problem) {
    let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    guard type == "application/json" || type == "application/merge-patch+json" else {
      throw Problem(415, "The body is application/json.")
    }
  }

  /// An action takes an empty body as `{}`, without Content-Type.
  static func checkEmpty(_ request: HTTPRequest) throws(Problem) {
    if request.body.isEmpty { return }
    try checkType(request)
    let body: JSONValue
    do throws(JSONError) { body = try JSONValue(parsing: request.body) } catch {
      throw Problem(400, "The body is not JSON.", errors: [.init(pointer: "", detail: error.description)])
    }
    guard let members = body.members else {
      throw Problem(
        422, "A JSON object is expected.", errors: [.init(pointer: "", detail: "A JSON object is expected.")])
    }
    guard let first = members.first else { return }
    throw Problem(
      422, "Fields are against their rules.",
      errors: [.init(pointer: "/" + first.name, detail: "This action has no such field.")])
  }
}
