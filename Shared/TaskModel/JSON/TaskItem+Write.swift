import JSON
import Recurrence

extension TaskItem {
  /// The task as answers show it (contract §2): every field, in the table's order.
  public func write(to writer: inout JSONWriter) {
    writer.object { writeMembers(to: &$0) }
  }

  /// The answer's form as bytes.
  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 768 + (notes?.utf8.count ?? 0))
    write(to: &writer)
    return writer.bytes
  }

  func writeMembers(to writer: inout JSONWriter) {
    for field in TaskField.allCases {
      writer.key(named: field.rawValue)
      field.write(of: self, to: &writer)
    }
  }
}

extension TaskRecurrence {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.key("rule")
      $0.string(rule)
      $0.key("rdates")
      $0.wallTimes(rdates)
      $0.key("exdates")
      $0.wallTimes(exdates)
      $0.key("anchor")
      $0.string(anchor.rawValue)
      $0.key("catchUp")
      $0.string(catchUp.rawValue)
    }
  }
}

extension TaskReminder {
  /// `missed` stands there only where it is true.
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.key("id")
      $0.string(id)
      switch time {
      case .before(let duration):
        $0.key("before")
        $0.plainString(duration.write)
      case .at(let instant):
        $0.key("at")
        $0.instant(instant)
      }
      guard isMissed else { return }
      $0.key("missed")
      $0.bool(true)
    }
  }
}

extension JSONWriter {
  mutating func text(_ value: String?) {
    if let value { string(value) } else { null() }
  }

  mutating func texts(_ values: [String]) {
    array { for value in values { $0.string(value) } }
  }

  mutating func instant(_ value: Instant?) {
    if let value { plainString(value.write) } else { null() }
  }

  mutating func wallTime(_ value: WallTime?) {
    if let value { plainString(value.write) } else { null() }
  }

  mutating func wallTimes(_ values: [WallTime]) {
    array { for value in values { $0.plainString(value.write) } }
  }
}
