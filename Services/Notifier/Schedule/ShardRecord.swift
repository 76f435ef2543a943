import JSON
import Recurrence

/// A shard's record: every transaction that adds to its pages rewrites it with its ETag, so that no page can be added to
/// behind the back of who moves the watermark.
struct ShardRecord: Equatable, Sendable {
  /// The last minute whose reminders have all been fired.
  var watermark: Minute

  /// Where a shard begins that has no record yet: with the minute that runs.
  static func initial(at now: Instant) -> ShardRecord { ShardRecord(watermark: Minute(now).advanced(by: -1)) }

  init(watermark: Minute) { self.watermark = watermark }

  /// nil when it is not what ``json`` writes.
  init?(json: [UInt8]) {
    guard let value = try? JSONValue(parsing: json), let text = value["watermark"]?.string,
      let instant = try? Instant(text)
    else { return nil }
    watermark = Minute(instant)
  }

  var json: [UInt8] { JSONValue.object([.init("watermark", .string(watermark.start.description))]).bytes }

  /// Where a reminder due at `instant` belongs: what this shard has fired already is read again only among the late ones.
  func slot(for instant: Instant) -> Slot {
    let minute = Minute(instant)
    return minute <= watermark ? .late : .minute(minute)
  }
}
