/// What a task's values must be (contract §2), apart from what only the services know.
public struct TaskRules: Sendable {
  public static let titleLength = 1...500
  /// Octets of UTF-8.
  public static let maximumNotes = 64 << 10
  public static let maximumTags = 50
  public static let tagLength = 1...64
  public static let listLength = 1...200
  public static let maximumReminders = 20
  public static let reminderIDLength = 1...64
  /// Octets of a recurrence's rule, and dates beside it.
  public static let maximumRule = 4096
  public static let maximumDates = 1000

  let isKnownZone: @Sendable (String) -> Bool
  let ruleFault: @Sendable (String) -> String?
  let foldCase: @Sendable (String) -> String

  /// - Parameters:
  ///   - isKnownZone: whether this is the name of an IANA zone.
  ///   - ruleFault: what is wrong with an RRULE value (several, one a line), as a sentence; nil if nothing is.
  ///   - foldCase: makes texts that differ in case alone the same.
  public init(
    isKnownZone: @escaping @Sendable (String) -> Bool, ruleFault: @escaping @Sendable (String) -> String?,
    foldCase: @escaping @Sendable (String) -> String
  ) {
    self.isKnownZone = isKnownZone
    self.ruleFault = ruleFault
    self.foldCase = foldCase
  }

  /// A title as it is kept.
  public func title(_ text: String) throws(TextFault) -> String {
    try line(text, of: Self.titleLength)
  }

  public func notes(_ text: String) throws(TextFault) -> String {
    guard text.utf8.count <= Self.maximumNotes else { throw TextFault("At most 65,536 octets of UTF-8 are allowed.") }
    return text
  }

  /// A tag as it is kept: trimmed.
  public func tag(_ text: String) throws(TextFault) -> String { try line(trimmed(text), of: Self.tagLength) }

  /// Tags as they are kept: of those that differ in case alone the first, in the order given.
  public func unique(tags: [String]) -> [String] {
    var seen: Set<String> = []
    return tags.filter { seen.insert(foldCase($0)).inserted }
  }

  /// A list's name as it is kept: trimmed.
  public func list(_ text: String) throws(TextFault) -> String { try line(trimmed(text), of: Self.listLength) }

  public func timeZone(_ name: String) throws(TextFault) -> String {
    guard isKnownZone(name) else {
      throw TextFault("This is not the name of an IANA time zone, such as Europe/Berlin.")
    }
    return name
  }

  public func reminderID(_ text: String) throws(TextFault) -> String { try line(text, of: Self.reminderIDLength) }

  /// A rule as it is kept: without `RRULE:` and blank lines.
  public func recurrenceRule(_ text: String) throws(TextFault) -> String {
    guard text.utf8.count <= Self.maximumRule else { throw TextFault("At most 4,096 octets are allowed.") }
    let lines = text.split(whereSeparator: \.isNewline).map { line in
      let line = trimmed(String(line))
      return line.prefix(6).uppercased() == "RRULE:" ? String(line.dropFirst(6)) : line
    }
    let rule = lines.filter { !$0.isEmpty }.joined(separator: "\n")
    guard !rule.isEmpty else { throw TextFault("A rule such as FREQ=WEEKLY;BYDAY=MO is expected.") }
    if let fault = ruleFault(rule) { throw TextFault(fault) }
    return rule
  }

  private func line(_ text: String, of length: ClosedRange<Int>) throws(TextFault) -> String {
    var count = 0
    for scalar in text.unicodeScalars {
      guard scalar.properties.generalCategory != .control else {
        throw TextFault("Control characters are not allowed.")
      }
      count += 1
    }
    guard length.contains(count) else {
      throw TextFault("\(length.lowerBound) to \(length.upperBound) characters are allowed, not \(count).")
    }
    return text
  }

  private func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}

/// Which rule a text is against, as a sentence.
public struct TextFault: Error, Sendable, Equatable {
  public let detail: String

  init(_ detail: String) { self.detail = detail }
}
