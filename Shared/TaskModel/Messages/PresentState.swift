// The messages of Shared/Proto/present_state.proto, field by field.

import Protobuf

/// Has task-api publish what tasks are now (protocols.md §2, §3). Can be repeated.
public struct PresentStateRequest: StreamedMessage, Equatable {
  /// Tasks that one request may name.
  public static let maximumTasks = 200

  /// At most ``maximumTasks``, none twice.
  public var tasks: [KnownTask] = []
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: tasks.append(try reader.message())
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.messages(1, tasks)
    writer.bool(15, isLast)
  }
}

/// A task as the caller knows it.
public struct KnownTask: ProtobufMessage, Equatable {
  public var id = ""
  public var owner = ""
  public var version = 0
  /// It is to go for good, if it is still in the trash at this version.
  public var purge = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: id = try reader.string()
    case 2: owner = try reader.string()
    case 3: version = try reader.int()
    case 4: purge = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, id)
    writer.string(2, owner)
    writer.int(3, version)
    writer.bool(4, purge)
  }
}

/// What was found of each task of a request.
public struct PresentStateResponse: StreamedMessage, Equatable {
  public var findings: [TaskFinding] = []
  public var isLast = false

  public init() {}

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: findings.append(try reader.message())
    case 15: isLast = try reader.bool()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.messages(1, findings)
    writer.bool(15, isLast)
  }
}

/// What was found of a task.
public struct TaskFinding: ProtobufMessage, Equatable {
  public enum Outcome: Int, Sendable, CaseIterable {
    /// Nothing was done, or nothing is known: ask again later.
    case failed = 0
    /// Its state is on the topic.
    case published = 1
    /// It is gone; its tombstone is on the topic.
    case gone = 2
    /// Its state is older than the version that the caller knows: the store has lost something. Nothing was published.
    case older = 3
  }

  public var id = ""
  public var outcome: Outcome = .failed

  public init() {}

  public init(_ id: String, _ outcome: Outcome) {
    self.id = id
    self.outcome = outcome
  }

  public mutating func readField(_ field: Int, from reader: inout ProtobufReader) throws(ProtobufError) {
    switch field {
    case 1: id = try reader.string()
    case 2: outcome = try reader.value()
    default: try reader.skip()
    }
  }

  public func write(to writer: inout ProtobufWriter) {
    writer.string(1, id)
    writer.int(2, outcome.rawValue)
  }
}
