import JSON
import Recurrence

/// Each of these reads the next value whatever it is, and gives nil where it has noted a fault.
extension TaskInput {
  mutating func text(
    _ pointer: String, _ reader: inout JSONReader, _ rule: (String) throws(TextFault) -> String
  ) throws(JSONError) -> String? {
    guard let text = try string(pointer, &reader) else { return nil }
    do throws(TextFault) {
      return try rule(text)
    } catch {
      fault(pointer, error.detail)
      return nil
    }
  }

  mutating func word<Word: RawRepresentable & CaseIterable>(
    _ pointer: String, _ reader: inout JSONReader
  ) throws(JSONError) -> Word? where Word.RawValue == String {
    guard let text = try string(pointer, &reader) else { return nil }
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
      fault(pointer, "One of \(words) is expected.")
      return nil
    }
    return word
  }

  mutating func wallTime(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> WallTime? {
    guard let text = try string(pointer, &reader) else { return nil }
    do throws(CivilTimeError) {
      return try WallTime(text)
    } catch {
      fault(
        pointer,
        "A date such as 2027-12-01 or a local time such as 2027-12-01T09:00:00 is expected. \(error.description).")
      return nil
    }
  }

  mutating func instant(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> Instant? {
    guard let text = try string(pointer, &reader) else { return nil }
    do throws(CivilTimeError) {
      return try Instant(text)
    } catch {
      fault(pointer, "An instant such as 2027-03-14T07:30:00Z is expected. \(error.description).")
      return nil
    }
  }

  mutating func duration(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> ISODuration? {
    guard let text = try string(pointer, &reader) else { return nil }
    do throws(CivilTimeError) {
      return try ISODuration(text)
    } catch {
      fault(pointer, "A duration such as PT30M or P1D is expected. \(error.description).")
      return nil
    }
  }

  mutating func wallTimes(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> [WallTime] {
    var times: [WallTime] = []
    guard try beginArray(pointer, &reader) else { return [] }
    var index = 0
    while try reader.nextElement() {
      if let time = try wallTime("\(pointer)/\(index)", &reader) { times.append(time) }
      index += 1
    }
    if index > TaskRules.maximumDates {
      fault(pointer, "At most \(TaskRules.maximumDates) dates are allowed, not \(index).")
    }
    return times
  }

  /// Enters an array; false where the value was something else, which is then behind us.
  mutating func beginArray(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> Bool {
    guard try reader.kind() == .array else {
      fault(pointer, "An array is expected.")
      try reader.skip()
      return false
    }
    try reader.beginArray()
    return true
  }

  /// Enters an object; false where the value was something else, which is then behind us.
  mutating func beginObject(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> Bool {
    guard try reader.kind() == .object else {
      fault(pointer, "An object is expected.")
      try reader.skip()
      return false
    }
    try reader.beginObject()
    return true
  }

  mutating func string(_ pointer: String, _ reader: inout JSONReader) throws(JSONError) -> String? {
    guard try reader.kind() == .string else {
      fault(pointer, "A string is expected.")
      try reader.skip()
      return nil
    }
    return try reader.string()
  }
}
