import JSON

/// A mark on an owner's partition that stands behind a large batch, so that one token covers all of it (protocols.md §3).
public struct MarkerEvent: Sendable, Equatable {
  static let type = "marker"

  /// The token's UUID.
  public var marker: String

  public init(marker: String) { self.marker = marker }

  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 256)
    writer.object {
      $0.key("specversion")
      $0.string("1.0")
      $0.key("id")
      $0.string(marker)
      $0.key("source")
      $0.string(TaskEvent.source)
      $0.key("type")
      $0.string(Self.type)
      $0.key("datacontenttype")
      $0.string("application/json")
      $0.key("data")
      $0.string(marker)
    }
    return writer.bytes
  }
}
