/// A time in which a zone's offset stays the same.
struct OffsetSpan: Equatable {
  /// Seconds from the epoch at which it begins; the least integer when it has no beginning.
  var start: Int
  /// Seconds from the epoch at which it is over; the greatest integer when it has no end.
  var end: Int
  /// Seconds east of UTC.
  var offset: Int
}
