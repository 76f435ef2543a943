import HTTP2Transport
import TaskQuery

/// The query of `GET /tasks`, checked as far as that goes without the index.
struct ListParameters: Sendable, Equatable {
  static let limits = 1...200
  private static let defaultLimit = 50

  var q: String?
  var filter: String?
  var sort: String?
  var limit = defaultLimit
  var cursor: String?
  var after: ConsistencyToken?
  var typing = false

  init(_ request: HTTPRequest, owner: String) throws(Problem) {
    let values = try QueryValues(request, names: ["q", "filter", "sort", "limit", "cursor", "after", "typing"])
    q = values["q"]
    filter = values["filter"]
    sort = values["sort"]
    cursor = values["cursor"]
    after = try values.token(owner: owner)
    if let text = values["limit"] {
      guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let limit = Int(text),
        Self.limits.contains(limit)
      else {
        throw QueryValues.refusal("limit", "A whole number from 1 to \(Self.limits.upperBound) is expected.")
      }
      self.limit = limit
    }
    if let text = values["typing"] {
      guard let typing = Bool(text) else { throw QueryValues.refusal("typing", "true or false is expected.") }
      self.typing = typing
    }
    do throws(QueryError) { _ = try ListQuery(q: q, filter: filter, sort: sort) } catch {
      throw Problem(
        400, "The query cannot be read.", errors: [.init(pointer: error.pointer, detail: error.detail)])
    }
  }
}

/// The values of a request's query by name; those of other names are left alone.
struct QueryValues {
  private var values: [String: String] = [:]

  init(_ request: HTTPRequest, names: Set<String>) throws(Problem) {
    guard let pairs = PercentEncoding.pairs(request.query ?? "") else {
      throw Problem(400, "The query holds a broken percent escape.")
    }
    for (name, value) in pairs where names.contains(name) {
      guard values.updateValue(value, forKey: name) == nil else {
        throw Self.refusal(name, "This parameter is given twice.")
      }
    }
  }

  subscript(name: String) -> String? { values[name] }

  func token(owner: String) throws(Problem) -> ConsistencyToken? {
    guard let text = values["after"] else { return nil }
    return try ConsistencyToken(text, owner: owner)
  }

  static func refusal(_ name: String, _ detail: String) -> Problem {
    Problem(400, "The query cannot be read.", errors: [.init(pointer: "?\(name)", detail: detail)])
  }
}
