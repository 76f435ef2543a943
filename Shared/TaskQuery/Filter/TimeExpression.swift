import Recurrence

/// A date, time, instant or something relative to now, as a filter names it: `2027-05-15`, `2027-05-15T09:00:00`,
/// `2027-03-14T07:30:00Z`, `today+7d`, `now-2h`.
///
/// Bases are `today`, `tomorrow`, `yesterday` and `now`, each followed by any of up to four steps `+3d` or `-1w`: `min`
/// minutes, `h` hours, `d` days, `w` weeks, `mo` months, `y` years. Days and longer ones are counted on the calendar, in a
/// shorter month its last day; minutes and hours are exact from `now` and wall time from a date, which becomes a time by them.
public struct TimeExpression: Sendable, Equatable {
  public enum Base: Sendable, Equatable {
    case wall(WallTime)
    case instant(Instant)
    /// The date that it is for the owner.
    case today
    case now
  }

  public enum Unit: String, Sendable, CaseIterable {
    case minute = "min"
    case hour = "h"
    case day = "d"
    case week = "w"
    case month = "mo"
    case year = "y"
  }

  public struct Step: Sendable, Equatable {
    public let amount: Int
    public let unit: Unit

    public init(_ amount: Int, _ unit: Unit) {
      self.amount = amount
      self.unit = unit
    }
  }

  public let base: Base
  public let steps: [Step]

  public init(_ base: Base, _ steps: [Step] = []) {
    self.base = base
    self.steps = steps
  }

  struct Fault: Error {
    let offset: Int
    let detail: String
  }

  static let names = ["today", "tomorrow", "yesterday", "now"]
  static let maximumSteps = 4
  static let maximumAmount = 99_999

  init(_ text: String) throws(Fault) {
    let scalars = Array(text.unicodeScalars)
    if let first = scalars.first(where: { !$0.properties.isWhitespace }), "0"..."9" ~= first {
      self.init(try Self.absolute(text))
    } else {
      var parser = TimeStepParser(scalars)
      self = try parser.expression()
    }
  }

  private static func absolute(_ text: String) throws(Fault) -> Base {
    let lastDigits = text.utf8.dropFirst(11)
    let hasZone = lastDigits.contains { byte in "Zz+-.".utf8.contains(byte) }
    do throws(CivilTimeError) {
      return hasZone ? .instant(try Instant(text)) : .wall(try WallTime(text))
    } catch {
      throw Fault(
        offset: error.offset,
        detail: "\(error.reason). A time is written 2027-05-15, 2027-05-15T09:00:00, 2027-05-15T09:00:00Z or today+7d.")
    }
  }
}

/// Reads `today+1w-2d`.
private struct TimeStepParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

  mutating func expression() throws(TimeExpression.Fault) -> TimeExpression {
    skipBlanks()
    let start = index
    let name = letters()
    var steps: [TimeExpression.Step] = []
    let base: TimeExpression.Base
    switch caseFolded(name) {
    case "now": base = .now
    case "today": base = .today
    case "tomorrow":
      base = .today
      steps = [.init(1, .day)]
    case "yesterday":
      base = .today
      steps = [.init(-1, .day)]
    default:
      throw TimeExpression.Fault(
        offset: start,
        detail: "Expected a time such as 2027-05-15, 2027-05-15T09:00:00, today, tomorrow+1w or now-2h, not "
          + "“\(quoting(name.isEmpty ? rest(start) : name.unicodeScalars))”."
          + suggestion(for: name, among: TimeExpression.names))
    }
    let given = steps.count
    skipBlanks()
    while index < scalars.count {
      guard steps.count - given < TimeExpression.maximumSteps else { throw fault("Expected at most four steps.") }
      steps.append(try step())
      skipBlanks()
    }
    return TimeExpression(base, steps)
  }

  private mutating func step() throws(TimeExpression.Fault) -> TimeExpression.Step {
    let sign = scalars[index]
    guard sign == "+" || sign == "-" else { throw fault("Expected + or - and a number, as in today+7d.") }
    index += 1
    skipBlanks()
    var amount = 0
    let start = index
    while index < scalars.count, "0"..."9" ~= scalars[index] {
      amount = amount * 10 + Int(scalars[index].value - 0x30)
      guard amount <= TimeExpression.maximumAmount else {
        throw fault("Expected a number up to \(TimeExpression.maximumAmount).")
      }
      index += 1
    }
    guard index > start else { throw fault("Expected a number, as in today+7d.") }
    let unitStart = index
    let name = caseFolded(letters())
    guard let unit = TimeExpression.Unit(rawValue: name) else {
      index = unitStart
      let hint = name == "m" ? " For m write min (minutes) or mo (months)." : ""
      throw fault("Expected a unit: min, h, d, w, mo or y.\(hint)")
    }
    return TimeExpression.Step(sign == "-" ? -amount : amount, unit)
  }

  private mutating func letters() -> String {
    var letters = String.UnicodeScalarView()
    while index < scalars.count, scalars[index].properties.isAlphabetic {
      letters.append(scalars[index])
      index += 1
    }
    return String(letters)
  }

  private func rest(_ start: Int) -> String.UnicodeScalarView {
    var rest = String.UnicodeScalarView()
    rest.append(contentsOf: scalars[start...])
    return rest
  }

  private mutating func skipBlanks() {
    while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
  }

  private func fault(_ detail: String) -> TimeExpression.Fault { TimeExpression.Fault(offset: index, detail: detail) }
}
