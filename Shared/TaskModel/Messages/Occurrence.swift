// The messages of Shared/Proto/occurrence.proto, field by field.

import Protobuf
import Recurrence

/// Makes the next occurrence of a completed task (protocols.md §4). Can be repeated.
public struct MakeNextRequest: StreamedMessage, Equatable {
  public var owner = ""
  /// The completed task.
  public var sourceID = ""
  /// It must be done with this very instant still.
  public var completedAt: Instant?
  /// Of the successor, as wall time of the source's zone.
  public var due: WallTime?
  /// The recurrence date that the successor stands for.
  public var occurrence: WallTime?
  /// Of the successor; nil to take the source's.
  public var recurrence: TaskRecurrence?
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: owner = try reader.string()
    case 2: sourceID = try reader.string()
    case 3: completedAt = try reader.instant()
    case 4: due = try reader.wallTime()
    case 5: occurrence = try reader.wallTime()
    case 6: try reader.message(into: &recurrence)
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, owner)
    writer.string(2, sourceID)
    writer.instant(3, completedAt)
    writer.wallTime(4, due)
    writer.wallTime(5, occurrence)
    writer.message(6, recurrence)
    writer.bool(15, isLast)
  }
}

/// What has come of it.
public struct MakeNextResponse: StreamedMessage, Equatable {
  public enum Outcome: Int, Sendable, CaseIterable {
    /// Not made: the source is not done with that instant any more, or is gone.
    case sourceChanged = 0
    case made = 1
    /// It stood there withdrawn and has come back.
    case restored = 2
    /// It stood there already; nothing was done.
    case exists = 3
  }

  public var outcome: Outcome = .sourceChanged
  /// Of the successor, unless the source has changed.
  public var id = ""
  public var version = 0
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: outcome = try reader.value()
    case 2: id = try reader.string()
    case 3: version = try reader.int()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.int(1, outcome.rawValue)
    writer.string(2, id)
    writer.int(3, version)
    writer.bool(15, isLast)
  }
}
