import JSON

/// One item of a save or a transaction, as daprd reads it.
struct StateItem {
  var key = ""
  var change: StateChange

  /// - Parameter query: the `metadata.*` of the request's query, which beat the item's own.
  init(_ value: JSONValue, query: [String: String], isDelete: Bool = false) throws(SidecarError) {
    guard case .object(let members) = value else {
      throw .malformed("json: cannot unmarshal \(value.goKind) into Go value of type state.SetRequest")
    }
    change = StateChange(key: "")
    if !isDelete { change.value = GoJSON.encode(.null) }
    var metadata: [String: String] = [:]
    for member in members {
      switch member.name.lowercased() {
      case "key": key = try member.value.goString("SetRequest.key")
      case "value": if !isDelete { change.value = GoJSON.encode(member.value) }
      case "etag":
        let etag = try member.value.goString("SetRequest.etag")
        if !etag.isEmpty { change.etag = etag }
      case "metadata":
        for entry in member.value.members ?? [] {
          metadata[entry.name] = try entry.value.goString("SetRequest.metadata")
        }
      case "options": change.isFirstWrite = member.value["concurrency"]?.string == "first-write"
      default: break
      }
    }
    metadata.merge(query) { $1 }
    if !isDelete { change.timeToLive = try Self.timeToLive(metadata["ttlInSeconds"]) }
  }

  /// Seconds; "", "0" and "-1" are for ever.
  private static func timeToLive(_ text: String?) throws(SidecarError) -> Int64? {
    guard let text, !["", "0", "-1"].contains(text) else { return nil }
    guard let seconds = Int64(text), seconds > 0, seconds <= Int64(Int32.max) else {
      throw SidecarError(
        500, "ERR_STATE_SAVE", "error parsing TTL: incorrect value for metadata 'ttlInSeconds': \(text)")
    }
    return seconds
  }
}

extension JSONValue {
  /// What Go's decoder calls this kind of value in its errors.
  var goKind: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int, .double, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }

  /// A string, or null for an empty one.
  fileprivate func goString(_ field: String) throws(SidecarError) -> String {
    if isNull { return "" }
    guard let string else {
      throw .malformed("json: cannot unmarshal \(goKind) into Go struct field \(field) of type string")
    }
    return string
  }
}
