// The messages of Shared/Proto/recurrence.proto, field by field.

import Protobuf
import Recurrence

extension TaskRecurrence: ProtobufMessage {
  public init() { self.init(rule: "") }

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: rule = try reader.string()
    case 2: rdates.append(try reader.wallTime())
    case 3: exdates.append(try reader.wallTime())
    case 4:
      switch try reader.int() {
      case 0: anchor = .due
      case 1: anchor = .completion
      default: throw .badValue(field: field)
      }
    case 5:
      switch try reader.int() {
      case 0: catchUp = .next
      case 1: catchUp = .all
      case 2: catchUp = .last
      default: throw .badValue(field: field)
      }
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, rule)
    writer.wallTimes(2, rdates)
    writer.wallTimes(3, exdates)
    switch anchor {
    case .due: break
    case .completion: writer.int(4, 1)
    }
    switch catchUp {
    case .next: break
    case .all: writer.int(5, 1)
    case .last: writer.int(5, 2)
    }
  }
}

/// Whether a task may have this recurrence.
public struct CheckRequest: StreamedMessage, Equatable {
  public var recurrence: TaskRecurrence?
  public var due: WallTime?
  public var timeZone = ""
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: try reader.message(into: &recurrence)
    case 2: due = try reader.wallTime()
    case 3: timeZone = try reader.string()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.message(1, recurrence)
    writer.wallTime(2, due)
    writer.string(3, timeZone)
    writer.bool(15, isLast)
  }
}

/// What is against the rules; nothing if it may.
public struct CheckResponse: StreamedMessage, Equatable {
  public var errors: [TaskFault] = []
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: errors.append(try reader.message())
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.messages(1, errors)
    writer.bool(15, isLast)
  }
}

/// The first occurrences of a rule.
public struct PreviewRequest: StreamedMessage, Equatable {
  public var rule = ""
  public var start: WallTime?
  public var timeZone = ""
  public var count = 0
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: rule = try reader.string()
    case 2: start = try reader.wallTime()
    case 3: timeZone = try reader.string()
    case 4: count = try reader.int()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, rule)
    writer.wallTime(2, start)
    writer.string(3, timeZone)
    writer.int(4, count)
    writer.bool(15, isLast)
  }
}

/// Occurrences, in order.
public struct PreviewResponse: StreamedMessage, Equatable {
  /// One occurrence.
  public struct Occurrence: ProtobufMessage, Equatable {
    /// Always there.
    public var at: Instant?
    /// The wall time of `at`. Always there.
    public var local: WallTime?
    /// Seconds east of UTC.
    public var offset = 0

    public init() {}

    public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
      switch field {
      case 1: at = try reader.instant()
      case 2: local = try reader.wallTime()
      case 3: offset = try reader.int()
      default: try reader.skip()
      }
    }

    public func write(to writer: inout ProtobufWriter) {
      writer.instant(1, at)
      writer.wallTime(2, local)
      writer.int(3, offset)
    }
  }

  public var occurrences: [Occurrence] = []
  public var warnings: [String] = []
  public var errors: [TaskFault] = []
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: occurrences.append(try reader.message())
    case 2: warnings.append(try reader.string())
    case 3: errors.append(try reader.message())
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.messages(1, occurrences)
    writer.strings(2, warnings)
    writer.messages(3, errors)
    writer.bool(15, isLast)
  }
}

/// The next occurrence of a series, for skipping one.
public struct NextRequest: StreamedMessage, Equatable {
  public var recurrence: TaskRecurrence?
  public var due: WallTime?
  public var timeZone = ""
  /// The recurrence date of the present occurrence, where it is known.
  public var occurrence: WallTime?
  /// When the present occurrence was completed; nil to count from its due alone.
  public var completedAt: Instant?
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: try reader.message(into: &recurrence)
    case 2: due = try reader.wallTime()
    case 3: timeZone = try reader.string()
    case 4: occurrence = try reader.wallTime()
    case 5: completedAt = try reader.instant()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.message(1, recurrence)
    writer.wallTime(2, due)
    writer.string(3, timeZone)
    writer.wallTime(4, occurrence)
    writer.instant(5, completedAt)
    writer.bool(15, isLast)
  }
}

/// The next due, or nil where the series has ended.
public struct NextResponse: StreamedMessage, Equatable {
  public var due: WallTime?
  public var errors: [TaskFault] = []
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: due = try reader.wallTime()
    case 3: errors.append(try reader.message())
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.wallTime(1, due)
    writer.messages(3, errors)
    writer.bool(15, isLast)
  }
}
