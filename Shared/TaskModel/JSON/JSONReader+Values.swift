import JSON
import Recurrence

extension JSONReader {
  @_lifetime(self: copy self)
  mutating func text() throws(JSONError) -> String? { try takeNull() ? nil : try string() }

  @_lifetime(self: copy self)
  mutating func texts() throws(JSONError) -> [String] {
    var texts: [String] = []
    try beginArray()
    while try nextElement() { texts.append(try string()) }
    return texts
  }

  @_lifetime(self: copy self)
  mutating func instant() throws(JSONError) -> Instant {
    let start = offset
    let text = try string()
    guard let instant = try? Instant(text) else {
      throw JSONError(.wrongKind, offset: start, reason: "An instant is expected")
    }
    return instant
  }

  @_lifetime(self: copy self)
  mutating func optionalInstant() throws(JSONError) -> Instant? { try takeNull() ? nil : try instant() }

  @_lifetime(self: copy self)
  mutating func wallTime() throws(JSONError) -> WallTime {
    let start = offset
    let text = try string()
    guard let time = try? WallTime(text) else {
      throw JSONError(.wrongKind, offset: start, reason: "A date or a local date and time is expected")
    }
    return time
  }

  @_lifetime(self: copy self)
  mutating func optionalWallTime() throws(JSONError) -> WallTime? { try takeNull() ? nil : try wallTime() }

  @_lifetime(self: copy self)
  mutating func wallTimes() throws(JSONError) -> [WallTime] {
    var times: [WallTime] = []
    try beginArray()
    while try nextElement() { times.append(try wallTime()) }
    return times
  }

  @_lifetime(self: copy self)
  mutating func duration() throws(JSONError) -> ISODuration {
    let start = offset
    let text = try string()
    guard let duration = try? ISODuration(text) else {
      throw JSONError(.wrongKind, offset: start, reason: "A duration is expected")
    }
    return duration
  }

  /// One word of a closed set.
  @_lifetime(self: copy self)
  mutating func word<Word: RawRepresentable>() throws(JSONError) -> Word where Word.RawValue == String {
    let start = offset
    let text = try string()
    guard let word = Word(rawValue: text) else {
      throw JSONError(.wrongKind, offset: start, reason: "This word is not one of those expected")
    }
    return word
  }

  @_lifetime(self: copy self)
  mutating func optionalWord<Word: RawRepresentable>() throws(JSONError) -> Word? where Word.RawValue == String {
    try takeNull() ? nil : try word()
  }
}
