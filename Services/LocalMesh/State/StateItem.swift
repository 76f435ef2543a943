import JSON

/// One item of a save or a transaction, as daprd reads it.
struct StateItem {
  private(set) var key = ""
  /// As Go writes it.
  private var value = GoJSON.encode(.null)
  private var etag: String?
  private var metadata: [String: String] = [:]
  private var isFirstWrite = false
  /// The first member that Go could not take.
  private var fault: SidecarError?

  /// Reads the next value of `reader`, which reads `body`.
  init(from reader: inout JSONReader, of body: Span<UInt8>) throws(JSONError) {
    guard try reader.kind() == .object else {
      let kind = try JSONValue(from: &reader).goKind
      fault = .malformed("json: cannot unmarshal \(kind) into Go value of type state.SetRequest")
      return
    }
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name.lowercased() {
      case "key": key = try text(from: &reader, "SetRequest.key")
      case "value":
        let start = reader.offset
        var rewriter = GoJSONRewriter(capacity: Swift.min(body.count - start, 4096))
        try rewriter.value(from: &reader, of: body)
        value = rewriter.bytes
      case "etag":
        let text = try text(from: &reader, "SetRequest.etag")
        if !text.isEmpty { etag = text }
      case "metadata":
        guard try reader.kind() == .object else {
          try reader.skip()
          continue
        }
        try reader.beginObject()
        while let name = try reader.nextMember() { metadata[name] = try text(from: &reader, "SetRequest.metadata") }
      case "options": isFirstWrite = try JSONValue(from: &reader)["concurrency"]?.string == "first-write"
      default: try reader.skip()
      }
    }
  }

  /// A string, or null for an empty one.
  private mutating func text(from reader: inout JSONReader, _ field: String) throws(JSONError) -> String {
    if try reader.takeNull() { return "" }
    if try reader.kind() == .string { return try reader.string() }
    let kind = try JSONValue(from: &reader).goKind
    if fault == nil {
      fault = .malformed("json: cannot unmarshal \(kind) into Go struct field \(field) of type string")
    }
    return ""
  }

  /// What the item does to its key.
  /// - Parameter query: the `metadata.*` of the request's query, which beat the item's own.
  func change(query: [String: String], isDelete: Bool = false) throws(SidecarError) -> StateChange {
    if let fault { throw fault }
    var change = StateChange(key: key, value: isDelete ? nil : value, etag: etag, isFirstWrite: isFirstWrite)
    if !isDelete { change.timeToLive = try Self.timeToLive(query["ttlInSeconds"] ?? metadata["ttlInSeconds"]) }
    return change
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

/// One operation of a transaction, as daprd reads it.
struct StateTransactionOperation {
  private var kind = ""
  private var item: StateItem?

  init(from reader: inout JSONReader, of body: Span<UInt8>) throws(JSONError) {
    guard try reader.kind() == .object else {
      try reader.skip()
      return
    }
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "operation": kind = try JSONValue(from: &reader).string ?? ""
      case "request": item = try StateItem(from: &reader, of: body)
      default: try reader.skip()
      }
    }
  }

  func change(query: [String: String]) throws(SidecarError) -> StateChange {
    guard kind == "upsert" || kind == "delete" else {
      throw SidecarError(400, "ERR_NOT_SUPPORTED_STATE_OPERATION", "operation type \(kind) not supported")
    }
    return try item?.change(query: query, isDelete: kind == "delete")
      ?? StateChange(key: "", value: kind == "delete" ? nil : GoJSON.encode(.null))
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
}
