import HTTP2Transport
import JSON
import TaskModel

/// The body of `POST /tasks/batch`. What is wrong with one operation is that operation's result alone.
struct BatchRequest: Sendable {
  static let maximumOperations = 500

  let operations: [Result<BatchOperation, Problem>]

  init(_ body: [UInt8], rules: TaskRules) throws(Problem) {
    var places: [Range<Int>]?
    var fault: Problem.Fault?
    do throws(JSONError) { (places, fault) = try Self.places(in: body) } catch {
      throw Problem(
        400, "The body is not JSON.",
        errors: [.init(pointer: Self.pointer(error.offset, body), detail: "\(error.description).")])
    }
    if fault == nil, places == nil { fault = .init(pointer: "/operations", detail: "A batch needs operations.") }
    if let count = places?.count, count > Self.maximumOperations {
      fault = .init(
        pointer: "/operations", detail: "At most \(Self.maximumOperations) operations are allowed, not \(count).")
    }
    if let fault { throw Problem(422, "Fields are against their rules.", errors: [fault]) }
    operations = (places ?? []).enumerated().map { index, place in
      Result { () throws(Problem) in
        try BatchOperation.read(body, place, pointer: "/operations/\(index)", rules: rules)
      }
    }
  }

  /// Where the operations stand in the body, which is read to its end.
  private static func places(in body: [UInt8]) throws(JSONError) -> ([Range<Int>]?, Problem.Fault?) {
    var reader = try JSONReader(body.span)
    var places: [Range<Int>]?
    var fault: Problem.Fault?
    guard try reader.kind() == .object else {
      try reader.skip()
      try reader.end()
      return (nil, .init(pointer: "", detail: "A JSON object is expected."))
    }
    try reader.beginObject()
    while let name = try reader.nextMember() {
      if name == "operations", try reader.kind() == .array {
        var found: [Range<Int>] = []
        try reader.beginArray()
        while try reader.nextElement() { found.append(try reader.skippedRange()) }
        places = found
      } else {
        let detail = name == "operations" ? "An array is expected." : "A batch has no such field."
        fault = fault ?? .init(pointer: "/" + JSONPointer.token(name), detail: detail)
        try reader.skip()
      }
    }
    try reader.end()
    return (places, fault)
  }

  private static func pointer(_ offset: Int, _ body: [UInt8]) -> String {
    (try? JSONReader(body.span))?.pointer(at: offset) ?? ""
  }
}
