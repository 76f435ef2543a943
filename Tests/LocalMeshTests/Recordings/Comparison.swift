import HTTP2Transport
import JSON

@testable import LocalMesh

/// A recorded answer beside a new one.
struct Comparison {
  private(set) var differences: [String] = []

  init(_ exchange: Exchange, _ response: HTTPResponse, _ body: [UInt8], _ renewed: inout [String: String]) {
    if response.status != exchange.status { differences.append("status \(response.status), not \(exchange.status)") }
    if exchange.responseHeaders["metadata.ttlexpiretime"] == nil, response.headers["metadata.ttlexpiretime"] != nil {
      differences.append("a time to live where there was none")
    }
    for name in ["content-type", "etag", "traceparent", "metadata.error", "metadata.responsedata"] {
      let expected = exchange.responseHeaders[name]
      let actual = response.headers[name]
      if exchange.vary.contains("/response/headers/\(name)"), let expected, let actual {
        renewed[expected] = actual
      } else if expected != actual {
        differences.append("\(name) \(actual ?? "none"), not \(expected ?? "none")")
      }
    }
    // Their order is the database's, and pointers into it mean nothing.
    let isBulkGet = exchange.path.hasPrefix("/v1.0/state/") && exchange.path.hasSuffix("/bulk")
    let masks = exchange.vary.compactMap { pointer -> ArraySlice<String>? in
      pointer.hasPrefix("/response/body") ? Self.path(pointer, below: "/response/body") : nil
    }
    differences +=
      BodyComparison(
        expected: exchange.responseBody, actual: body, masks: masks, isSet: !exchange.unordered.isEmpty,
        isBulkGet: isBulkGet, renewed: &renewed
      ).differences
  }

  static func path(_ pointer: String, below root: String) -> ArraySlice<String> {
    pointer.dropFirst(root.count).split(separator: "/").map(String.init)[...]
  }
}

/// What a sidecar sent to an app beside what daprd sent.
struct RequestComparison {
  private(set) var differences: [String] = []

  /// Set by the client and the connection, or not sent by ours: it takes no compressed answers.
  private static let passedOver: Set<String> = ["content-length", "accept-encoding"]

  init(_ exchange: Exchange, _ request: HTTPRequest, _ renewed: inout [String: String]) {
    if "\(request.method)" != exchange.method { differences.append("method \(request.method)") }
    if request.target != exchange.path { differences.append("path \(request.target)") }
    compareHeaders(exchange, request)
    let masks = exchange.vary.compactMap { pointer -> ArraySlice<String>? in
      pointer.hasPrefix("/request/body") ? Comparison.path(pointer, below: "/request/body") : nil
    }
    differences +=
      BodyComparison(
        expected: exchange.requestBody, actual: request.body, masks: masks, isSet: false, isBulkGet: false,
        renewed: &renewed
      ).differences
  }

  private mutating func compareHeaders(_ exchange: Exchange, _ request: HTTPRequest) {
    func fields(_ headers: HTTPHeaders) -> [String] {
      headers.filter { !$0.name.hasPrefix(":") && !Self.passedOver.contains($0.name) }.map { field in
        exchange.vary.contains("/request/headers/" + field.name) ? field.name : "\(field.name): \(field.value)"
      }.sorted()
    }
    let expected = fields(exchange.requestHeaders)
    let actual = fields(request.headers)
    if expected != actual {
      let missing = expected.filter { !actual.contains($0) }
      let more = actual.filter { !expected.contains($0) }
      differences.append("headers lack \(missing) and have \(more)")
    }
  }
}

/// A record in the log beside one as it lay in Kafka.
struct RecordComparison {
  private(set) var differences: [String] = []

  init(_ exchange: Exchange, _ event: StoredEvent) {
    guard let expected = exchange.brokerRecord else { return }
    let actual = event.record.record
    if !exchange.vary.contains("/record/partition"),
      exchange.record?["partition"]?.int != Int(event.partition.partition)
    {
      differences.append("partition \(event.partition.partition)")
    }
    if !exchange.vary.contains("/record/key"), expected.key != actual.key {
      differences.append("key \(String(describing: actual.key))")
    }
    func headers(_ record: BrokerRecord) -> [String] {
      record.headers.map { header in
        let isVaried = exchange.vary.contains("/record/headers/" + header.name) || header.name.hasPrefix("__")
        return isVaried ? header.name : "\(header.name)=\(String(decoding: header.value ?? [], as: UTF8.self))"
      }.sorted()
    }
    if headers(expected) != headers(actual) {
      differences.append("headers \(headers(actual)), not \(headers(expected))")
    }
    let masks = exchange.vary.compactMap { pointer -> ArraySlice<String>? in
      pointer.hasPrefix("/record/value/") ? Comparison.path(pointer, below: "/record/value") : nil
    }
    guard let value = expected.value else {
      if actual.value != nil { differences.append("a value where there was none") }
      return
    }
    var renewed: [String: String] = [:]
    differences +=
      BodyComparison(
        expected: value, actual: actual.value ?? [], masks: masks, isSet: false, isBulkGet: false, renewed: &renewed
      ).differences
  }
}

/// Two bodies: as JSON where both are, but for what varies; else octet by octet.
struct BodyComparison {
  private(set) var differences: [String] = []

  init(
    expected: [UInt8], actual: [UInt8], masks: [ArraySlice<String>], isSet: Bool, isBulkGet: Bool,
    renewed: inout [String: String]
  ) {
    if expected == actual { return }
    guard let old = try? GoJSON.decode(expected), let new = try? GoJSON.decode(actual) else {
      differences.append("body \(Self.text(actual)), not \(Self.text(expected))")
      return
    }
    var pair = isBulkGet ? (old.byKeyWithoutETags, new.byKeyWithoutETags) : (old.ordered, new.ordered)
    for path in masks {
      if let before = pair.0.string(at: path), let after = pair.1.string(at: path) { renewed[before] = after }
      pair = (pair.0.masking(path), pair.1.masking(path))
    }
    if isSet { pair = (pair.0.sorted, pair.1.sorted) }
    if pair.0 != pair.1 { differences.append("body \(Self.text(pair.1.bytes)), not \(Self.text(pair.0.bytes))") }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix(600), as: UTF8.self) }
}

extension JSONValue {
  private func child(_ name: String) -> JSONValue? { Int(name).flatMap { self[$0] } ?? self[name] }

  fileprivate func string(at path: ArraySlice<String>) -> String? {
    guard let first = path.first else { return string }
    return child(first)?.string(at: path.dropFirst())
  }

  /// The same with null at a place.
  fileprivate func masking(_ path: ArraySlice<String>) -> JSONValue {
    guard let first = path.first else { return .null }
    switch self {
    case .array(var elements):
      guard let index = Int(first), elements.indices.contains(index) else { return self }
      elements[index] = elements[index].masking(path.dropFirst())
      return .array(elements)
    case .object(let members):
      return .object(
        members.map { $0.name == first ? Member($0.name, $0.value.masking(path.dropFirst())) : $0 })
    default: return self
    }
  }

  /// The entries of a bulk get as a set; their ETags are new each time.
  fileprivate var byKeyWithoutETags: JSONValue {
    guard let elements else { return self }
    return JSONValue.array(
      elements.map { element in
        var element = element
        if element["etag"] != nil { element["etag"] = .null }
        if element["metadata"] != nil { element["metadata"] = .null }
        return element.ordered
      }
    ).sorted
  }

  /// The same with the members of each object by name.
  fileprivate var ordered: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.ordered))
    case .object(let members):
      .object(members.sorted { $0.name < $1.name }.map { Member($0.name, $0.value.ordered) })
    default: self
    }
  }

  /// The same with the elements of a list in an order of their own.
  fileprivate var sorted: JSONValue {
    guard let elements else { return self }
    return .array(elements.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) })
  }
}
