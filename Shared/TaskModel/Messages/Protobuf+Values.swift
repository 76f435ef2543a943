import Protobuf
import Recurrence

extension ProtobufReader {
  @_lifetime(self: copy self)
  mutating func wallTime() throws(ProtobufError) -> WallTime {
    let text = try string()
    guard let time = try? WallTime(text) else { throw .badValue(field: field) }
    return time
  }

  @_lifetime(self: copy self)
  mutating func instant() throws(ProtobufError) -> Instant {
    let text = try string()
    guard let instant = try? Instant(text) else { throw .badValue(field: field) }
    return instant
  }

  /// A value of an enum; one that this release does not know is an error.
  @_lifetime(self: copy self)
  mutating func value<Value: RawRepresentable>() throws(ProtobufError) -> Value where Value.RawValue == Int {
    guard let value = Value(rawValue: try int()) else { throw .badValue(field: field) }
    return value
  }
}

extension ProtobufWriter {
  mutating func wallTime(_ field: Int, _ value: WallTime?) { string(field, present: value?.description) }

  mutating func wallTimes(_ field: Int, _ values: [WallTime]) {
    for value in values { wallTime(field, value) }
  }

  mutating func instant(_ field: Int, _ value: Instant?) { string(field, present: value?.description) }
}
