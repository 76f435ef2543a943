import JSON

extension StoredTask {
  /// The state value: the answer's form, then `owner`, `lastChange`, and `next` and `withdrawn` where there is any.
  public func write(to writer: inout JSONWriter) {
    writer.object {
      task.writeMembers(to: &$0)
      $0.key("owner")
      $0.string(task.owner)
      $0.key("lastChange")
      $0.texts(lastChange)
      if let next {
        $0.key("next")
        $0.object {
          $0.key("id")
          $0.string(next.id)
          $0.key("version")
          $0.int(next.version)
          if next.isWithdrawn {
            $0.key("withdrawn")
            $0.bool(true)
          }
        }
      }
      if isWithdrawn {
        $0.key("withdrawn")
        $0.bool(true)
      }
    }
  }

  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 1024 + (task.notes?.utf8.count ?? 0))
    write(to: &writer)
    return writer.bytes
  }

  /// Reads a state value, in whatever order its members come.
  public init(from reader: inout JSONReader) throws(JSONError) {
    let start = reader.offset
    var members = TaskMembers()
    var lastChange: [String] = []
    var next: Next?
    var isWithdrawn = false
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "lastChange": lastChange = try reader.texts()
      case "next": next = try reader.takeNull() ? nil : try Next(from: &reader)
      case "withdrawn": isWithdrawn = try reader.bool()
      default: if try !members.take(name, from: &reader) { try reader.skip() }
      }
    }
    let task = try members.task(at: start)
    guard !task.owner.isEmpty else {
      throw JSONError(.wrongKind, offset: start, reason: "A stored task needs an owner")
    }
    self.init(task: task, lastChange: lastChange, next: next, isWithdrawn: isWithdrawn)
  }

  public init(json: Span<UInt8>) throws(JSONError) {
    var reader = try JSONReader(json, uniqueMembers: false)
    try self.init(from: &reader)
    try reader.end()
  }
}

extension StoredTask.Next {
  init(from reader: inout JSONReader) throws(JSONError) {
    self.init(id: "", version: 0)
    try reader.beginObject()
    while let name = try reader.nextMember() {
      switch name {
      case "id": id = try reader.string()
      case "version": version = try reader.int()
      case "withdrawn": isWithdrawn = try reader.bool()
      default: try reader.skip()
      }
    }
  }
}
