import CNghttp2

/// Collects header fields in one buffer and lends them to nghttp2, which copies them. A connection keeps one and uses it again.
final class HeaderBlock {
  private var octets: [UInt8] = []
  private var lengths: [(name: Int, value: Int)] = []

  init() { octets.reserveCapacity(512) }

  func reset() {
    octets.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
  }

  func add(_ name: String, _ value: String) {
    octets.append(contentsOf: name.utf8)
    octets.append(contentsOf: value.utf8)
    lengths.append((name.utf8.count, value.utf8.count))
  }

  func add(_ headers: HTTPHeaders) {
    for field in headers where !Self.isConnectionSpecific(field.name) { add(field.name, field.value) }
  }

  /// Calls `body` with the fields, valid during the call.
  func withFields<Result>(_ body: (UnsafeMutablePointer<nghttp2_nv>, Int) -> Result) -> Result {
    octets.withUnsafeMutableBufferPointer { octets in
      withUnsafeTemporaryAllocation(of: nghttp2_nv.self, capacity: max(1, lengths.count)) { fields in
        var next = octets.baseAddress!
        for (index, length) in lengths.enumerated() {
          fields[index] = nghttp2_nv(
            name: next, value: next + length.name, namelen: length.name, valuelen: length.value, flags: 0)
          next += length.name + length.value
        }
        return body(fields.baseAddress!, lengths.count)
      }
    }
  }

  /// Fields that HTTP/2 forbids (RFC 9113 §8.2.2).
  static func isConnectionSpecific(_ name: String) -> Bool {
    switch name {
    case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": true
    default: false
    }
  }
}
