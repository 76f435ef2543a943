import HTTP2Transport
import JSON
import Recurrence

/// Dapr's state API for one app (<https://docs.dapr.io/reference/api/state_api/>).
struct StateAPI: Sendable {
  let app: String
  let components: [String: StateComponent]
  let database: StateDatabase

  func get(_ request: HTTPRequest) async throws -> HTTPResponse {
    let store = try component(request)
    let key = request.parameters["key"]
    guard !key.isEmpty else { throw SidecarError.noRoute }
    let stored = try store.stored(key)
    guard let entry = try await database.get(store.name, [stored])[stored] else { return HTTPResponse(status: 204) }
    var headers: HTTPHeaders = ["etag": entry.etag]
    if let expires = entry.expiresAt {
      headers["metadata.ttlexpiretime"] = Instant(secondsSinceEpoch: Int(expires)).description
    }
    return .json(entry.value, headers: headers)
  }

  func save(_ request: HTTPRequest) async throws -> HTTPResponse {
    let store = try component(request)
    let query = Self.metadata(request)
    var changes: [StateChange] = []
    for item in try Self.items(request.body) {
      var change = try item.change(query: query)
      if item.key.isEmpty { throw SidecarError.malformed("\"key\" is a required field") }
      change.key = try store.stored(item.key)
      changes.append(change)
    }
    // Each item stands alone, as in daprd: one that fails does not keep the others out.
    var fault: StateFault?
    for change in changes {
      do { try await database.write(store.name, [change]) } catch { fault = error }
    }
    guard let fault else { return HTTPResponse(status: 204) }
    let text = changes.count > 1 && fault.isConflict ? "\(fault): \(fault)" : "\(fault)"
    throw SidecarError(
      fault.isConflict ? 409 : 500, "ERR_STATE_SAVE",
      "failed saving state in state store \(store.name): \(text)")
  }

  func delete(_ request: HTTPRequest) async throws -> HTTPResponse {
    let store = try component(request)
    let key = request.parameters["key"]
    // PostgreSQL's UUID parser takes quotes.
    let etag = request.headers["if-match"].map { $0.filter { $0 != "\"" } }
    do {
      try await database.write(store.name, [StateChange(key: try store.stored(key), etag: etag == "" ? nil : etag)])
    } catch let fault as StateFault {
      throw SidecarError(
        fault.isConflict ? 409 : 500, "ERR_STATE_DELETE", "failed deleting state with key \(key): \(fault)")
    }
    return HTTPResponse(status: 204)
  }

  func bulkGet(_ request: HTTPRequest) async throws -> HTTPResponse {
    let store = try component(request)
    let body = try Self.json(request.body)
    guard body.members != nil else {
      throw SidecarError.malformed(
        "json: cannot unmarshal \(body.goKind) into Go value of type http.BulkGetRequest")
    }
    let keys = body["keys"]?.elements?.compactMap(\.string) ?? []
    var stored: [(key: String, stored: String)] = []
    for key in keys { stored.append((key, try store.stored(key))) }
    let found = try await database.get(store.name, stored.map(\.stored))
    var writer = JSONWriter(capacity: 256 * keys.count + 16)
    var seen: Set<String> = []
    writer.array {
      for (key, stored) in stored {
        $0.object {
          $0.key("key")
          // A key that is asked twice has an entry without its name, as on PostgreSQL.
          guard seen.insert(key).inserted else { return $0.string("") }
          $0.string(key)
          guard let entry = found[stored] else { return }
          $0.key("data")
          $0.raw(entry.value)
          $0.key("etag")
          $0.string(entry.etag)
          guard let expires = entry.expiresAt else { return }
          $0.key("metadata")
          $0.object {
            $0.key("ttlExpireTime")
            $0.string(Instant(secondsSinceEpoch: Int(expires)).description)
          }
        }
      }
    }
    return .json(writer.bytes + [UInt8(ascii: "\n")])
  }

  func transaction(_ request: HTTPRequest) async throws -> HTTPResponse {
    let store = try component(request)
    let operations: [StateTransactionOperation]
    do throws(SidecarError) { operations = try Self.operations(request.body) } catch {
      throw SidecarError.malformed("failed deserializing HTTP body: \(error.message)")
    }
    let query = Self.metadata(request)
    var changes: [StateChange] = []
    for operation in operations {
      var change = try operation.change(query: query)
      change.key = try store.stored(change.key)
      changes.append(change)
    }
    do throws(StateFault) { try await database.write(store.name, changes) } catch {
      throw SidecarError(500, "ERR_STATE_TRANSACTION", "error while executing state transaction: \(error)")
    }
    return HTTPResponse(status: 204)
  }

  private func component(_ request: HTTPRequest) throws(SidecarError) -> StateComponent {
    let name = request.parameters["store"]
    if components.isEmpty {
      throw SidecarError(
        500, "ERR_STATE_STORE_NOT_CONFIGURED", "state store \(name) is not configured",
        reason: "DAPR_STATE_NOT_CONFIGURED", metadata: [("appID", app)])
    }
    guard let component = components[name] else {
      throw SidecarError(
        400, "ERR_STATE_STORE_NOT_FOUND", "state store \(name) is not found", reason: "DAPR_STATE_NOT_FOUND",
        metadata: [("appID", app)])
    }
    return component
  }

  private static func json(_ body: [UInt8]) throws(SidecarError) -> JSONValue {
    do { return try GoJSON.decode(body) } catch { throw unreadable(body, error) }
  }

  /// The items of a save.
  private static func items(_ body: [UInt8]) throws(SidecarError) -> [StateItem] {
    var items: [StateItem] = []
    var wrong: JSONValue?
    do throws(JSONError) {
      var reader = try JSONReader(body.span, uniqueMembers: false)
      if try reader.kind() == .array {
        try reader.beginArray()
        while try reader.nextElement() { items.append(try StateItem(from: &reader, of: body.span)) }
      } else {
        wrong = try JSONValue(from: &reader)
      }
      try reader.end()
    } catch { throw unreadable(body, error) }
    if let wrong, !wrong.isNull {
      throw .malformed("json: cannot unmarshal \(wrong.goKind) into Go value of type []state.SetRequest")
    }
    return items
  }

  /// The operations of a transaction.
  private static func operations(_ body: [UInt8]) throws(SidecarError) -> [StateTransactionOperation] {
    var operations: [StateTransactionOperation] = []
    var wrong: JSONValue?
    do throws(JSONError) {
      var reader = try JSONReader(body.span, uniqueMembers: false)
      if try reader.kind() == .object {
        try reader.beginObject()
        while let name = try reader.nextMember() {
          guard name == "operations", try reader.kind() == .array else {
            try reader.skip()
            continue
          }
          try reader.beginArray()
          while try reader.nextElement() {
            operations.append(try StateTransactionOperation(from: &reader, of: body.span))
          }
        }
      } else {
        wrong = try JSONValue(from: &reader)
      }
      try reader.end()
    } catch { throw unreadable(body, error) }
    if let wrong, !wrong.isNull {
      throw .malformed(
        "json: cannot unmarshal \(wrong.goKind) into Go value of type http.stateTransactionRequestBody")
    }
    return operations
  }

  private static func unreadable(_ body: [UInt8], _ error: JSONError) -> SidecarError {
    if body.isEmpty { return .malformed("EOF") }
    return .malformed(error.offset >= body.count ? "unexpected EOF" : "invalid character: \(error.reason)")
  }

  private static func metadata(_ request: HTTPRequest) -> [String: String] {
    var metadata: [String: String] = [:]
    for pair in request.query.flatMap(PercentEncoding.pairs) ?? [] where pair.name.hasPrefix("metadata.") {
      metadata[String(pair.name.dropFirst(9))] = pair.value
    }
    return metadata
  }
}
