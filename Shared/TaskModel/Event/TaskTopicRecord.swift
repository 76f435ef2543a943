import JSON

/// The value of a record on `task-events`; a tombstone has none.
public enum TaskTopicRecord: Sendable, Equatable {
  case task(TaskEvent)
  case marker(MarkerEvent)
  /// A CloudEvent that is neither, by its `type`.
  case other(type: String)

  /// Reads a record, whatever daprd has added to it and in whatever order. Of a bulk delivery give each entry's `event`
  /// apart (``JSONReader/skippedRange()``), so that one that cannot be read does not spoil the others.
  public init(json: Span<UInt8>) throws(JSONError) {
    var reader = try JSONReader(json, uniqueMembers: false)
    var type = ""
    var event: TaskEvent?
    var text: String?
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "type": type = try reader.string()
      case "data":
        switch try reader.kind() {
        case .object: event = try TaskEvent(data: &reader)
        case .string: text = try reader.string()
        default: try reader.skip()
        }
      default: try reader.skip()
      }
    }
    try reader.end()
    switch (type, event, text) {
    case (TaskEvent.type, let event?, _): self = .task(event)
    case (TaskEvent.type, nil, _): throw JSONError(.wrongKind, offset: 0, reason: "A task's event needs data")
    case (MarkerEvent.type, _, let marker?): self = .marker(MarkerEvent(marker: marker))
    default: self = .other(type: type)
    }
  }
}

extension TaskEvent {
  init(data reader: inout JSONReader) throws(JSONError) {
    let start = reader.offset
    var members = TaskMembers()
    var change: [String] = []
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "change": change = try reader.texts()
      default: if try !members.take(name, from: &reader) { try reader.skip() }
      }
    }
    let task = try members.task(at: start)
    guard !task.owner.isEmpty else {
      throw JSONError(.wrongKind, offset: start, reason: "A task's event needs an owner")
    }
    self.init(task: task, change: change)
  }
}
