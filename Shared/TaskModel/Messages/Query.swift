// The messages of Shared/Proto/query.proto, field by field.

import Protobuf

/// A version of a task that an answer must include.
public struct TaskVersion: ProtobufMessage, Equatable {
  public var id = ""
  public var version = 0

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: id = try reader.string()
    case 2: version = try reader.int()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, id)
    writer.int(2, version)
  }
}

/// What a list must include: up to 8 versions, or everything before a marker.
public struct Consistency: ProtobufMessage, Equatable {
  public var tasks: [TaskVersion] = []
  /// Empty for none.
  public var marker = ""

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: tasks.append(try reader.message())
    case 2: marker = try reader.string()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.messages(1, tasks)
    writer.string(2, marker)
  }
}

/// A search or a list of one owner.
public struct QueryRequest: StreamedMessage, Equatable {
  public var owner = ""
  public var q: String?
  public var filter: String?
  public var sort: String?
  public var limit = 0
  public var cursor: String?
  public var after: Consistency?
  /// The owner's partition of `task-events`.
  public var partition = 0
  /// How many milliseconds the caller still waits.
  public var deadlineMs = 0
  /// The caller's clock, in milliseconds since 1970-01-01 in UTC.
  public var nowMs = 0
  /// The owner's zone, for relative dates.
  public var timeZone = ""
  /// Whether the last word is still being typed.
  public var typing = false
  /// Tells the requests of one stream apart.
  public var number = 0
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: owner = try reader.string()
    case 2: q = try reader.string()
    case 3: filter = try reader.string()
    case 4: sort = try reader.string()
    case 5: limit = try reader.int()
    case 6: cursor = try reader.string()
    case 7: try reader.message(into: &after)
    case 8: partition = try reader.int()
    case 9: deadlineMs = try reader.int()
    case 10: nowMs = try reader.int()
    case 11: timeZone = try reader.string()
    case 12: typing = try reader.bool()
    case 13: number = try reader.int()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, owner)
    writer.string(2, present: q)
    writer.string(3, present: filter)
    writer.string(4, present: sort)
    writer.int(5, limit)
    writer.string(6, present: cursor)
    writer.message(7, after)
    writer.int(8, partition)
    writer.int(9, deadlineMs)
    writer.int(10, nowMs)
    writer.string(11, timeZone)
    writer.bool(12, typing)
    writer.int(13, number)
    writer.bool(15, isLast)
  }
}

/// Why there is no answer.
public struct QueryFailure: ProtobufMessage, Equatable {
  public enum Kind: Int, Sendable, CaseIterable {
    /// The index itself has failed.
    case failed = 0
    /// The query cannot be read: pointer and detail say where and why.
    case badQuery = 1
    /// The index has not come to what `after` asks for in time.
    case behind = 2
    /// This shard does not hold the partition, or has not read to its end.
    case notHere = 3
    /// The deadline has passed.
    case tooLate = 4
  }

  public var kind: Kind = .failed
  /// As in a problem document: `?filter@12`.
  public var pointer = ""
  public var detail = ""

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: kind = try reader.value()
    case 2: pointer = try reader.string()
    case 3: detail = try reader.string()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.int(1, kind.rawValue)
    writer.string(2, pointer)
    writer.string(3, detail)
  }
}

/// The answer to one query.
public struct QueryResponse: StreamedMessage, Equatable {
  /// Tasks, each as JSON ready to send.
  public var items: [[UInt8]] = []
  /// Nil at the end.
  public var nextCursor: String?
  public var total = 0
  public var error: QueryFailure?
  /// The number of the request that this answers.
  public var number = 0
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: items.append(try reader.bytesValue())
    case 2: nextCursor = try reader.string()
    case 3: total = try reader.int()
    case 4: try reader.message(into: &error)
    case 13: number = try reader.int()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.byteStrings(1, items)
    writer.string(2, present: nextCursor)
    writer.int(3, total)
    writer.message(4, error)
    writer.int(13, number)
    writer.bool(15, isLast)
  }
}

/// The tags or lists of an owner, with how many tasks each has.
public struct CountsRequest: StreamedMessage, Equatable {
  public enum Column: Int, Sendable, CaseIterable {
    case tag = 0
    case list = 1
  }

  public var owner = ""
  public var column: Column = .tag
  public var after: Consistency?
  public var partition = 0
  /// How many milliseconds the caller still waits.
  public var deadlineMs = 0
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: owner = try reader.string()
    case 2: column = try reader.value()
    case 7: try reader.message(into: &after)
    case 8: partition = try reader.int()
    case 9: deadlineMs = try reader.int()
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, owner)
    writer.int(2, column.rawValue)
    writer.message(7, after)
    writer.int(8, partition)
    writer.int(9, deadlineMs)
    writer.bool(15, isLast)
  }
}

/// How many tasks have a tag or stand in a list.
public struct Count: ProtobufMessage, Equatable {
  public var name = ""
  public var open = 0
  public var done = 0

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: name = try reader.string()
    case 2: open = try reader.int()
    case 3: done = try reader.int()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, name)
    writer.int(2, open)
    writer.int(3, done)
  }
}

/// The tags or lists of an owner.
public struct CountsResponse: StreamedMessage, Equatable {
  public var counts: [Count] = []
  public var error: QueryFailure?
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: counts.append(try reader.message())
    case 4: try reader.message(into: &error)
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.messages(1, counts)
    writer.message(4, error)
    writer.bool(15, isLast)
  }
}
